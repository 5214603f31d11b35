# What `cmake --install build/release --prefix DIR` puts where: bin/veil, the headers and static libraries, the CMake
# package `veil` with the components core and io, and under share/veil the configurations, data sets and models that ship.
include(CMakePackageConfigHelpers)
set(VEIL_PACKAGE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/veil")

foreach(component core io)
  if(NOT TARGET veil_${component})
    continue()
  endif()
  set_target_properties(veil_${component} PROPERTIES EXPORT_NAME ${component})
  install(TARGETS veil_${component} EXPORT veil-${component} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT veil-${component} NAMESPACE veil:: DESTINATION "${VEIL_PACKAGE_DIR}")
endforeach()
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/veil" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/veilConfig.cmake.in" "${PROJECT_BINARY_DIR}/veilConfig.cmake"
                              INSTALL_DESTINATION "${VEIL_PACKAGE_DIR}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/veilConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/veilConfig.cmake" "${PROJECT_BINARY_DIR}/veilConfigVersion.cmake"
              "${PROJECT_SOURCE_DIR}/cmake/FindVeilTorch.cmake"
        DESTINATION "${VEIL_PACKAGE_DIR}")

if(TARGET veil)
  install(TARGETS veil RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  # Completion of shells and the manual page, where the program can be run here: not for another processor.
  foreach(text "completion bash|bash-completion/completions/veil" "completion zsh|zsh/site-functions/_veil"
               "completion fish|fish/vendor_completions.d/veil.fish" "manual|man/man1/veil.1")
    string(REGEX REPLACE "[|].*" "" words "${text}")
    string(REGEX REPLACE ".*[|]" "${CMAKE_INSTALL_DATADIR}/" file "${text}")
    separate_arguments(words)
    install(CODE "
      set(file \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${file}\")
      get_filename_component(folder \"\${file}\" DIRECTORY)
      file(MAKE_DIRECTORY \"\${folder}\")
      message(STATUS \"Installing: \${file}\")
      execute_process(COMMAND \"$<TARGET_FILE:veil>\" ${words} OUTPUT_FILE \"\${file}\" RESULT_VARIABLE failed)
      if(failed)
        file(REMOVE \"\${file}\")
      endif()")
  endforeach()
endif()
foreach(folder configs datasets models)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}")
    # What datasets/fetch.sh downloaded here is not part of the package.
    install(DIRECTORY ${folder} DESTINATION "${CMAKE_INSTALL_DATADIR}/veil" USE_SOURCE_PERMISSIONS
            PATTERN fashion-mnist-full EXCLUDE PATTERN "cifar10/[!R]*" EXCLUDE)
  endif()
endforeach()
install(FILES LICENSE CITATION.cff DESTINATION "${CMAKE_INSTALL_DOCDIR}")
