# veil_test(part LIBRARY veil_core TORCH a_test.cpp … PLAIN b_test.cpp … [LABELS slow])
#
# One executable a part, because loading LibTorch takes longer than most tests; it is one ctest entry. TORCH and PLAIN as for
# veil_sources.
function(veil_test name)
  cmake_parse_arguments(ARG "" "LIBRARY" "TORCH;PLAIN;LABELS" ${ARGN})
  add_executable(${name}_test)
  veil_sources(${name}_test TORCH ${ARG_TORCH} PLAIN ${ARG_PLAIN})
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(${name}_test PRIVATE ${ARG_LIBRARY} GTest::gtest_main veil_options)
  target_precompile_headers(${name}_test REUSE_FROM veil_core)
  target_compile_definitions(${name}_test PRIVATE VEIL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name}_test)
  set_tests_properties(${name} PROPERTIES LABELS "unit;${ARG_LABELS}" TIMEOUT 1800) # with the sanitizers on, some take ten times as long
endfunction()
