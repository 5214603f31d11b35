# Finds LibTorch 2.6 or newer and gives the one imported target `veil_torch`.
#
# Where it is looked for, first match wins:
#   1. VEIL_TORCH_ROOT: the folder that holds include/ and lib/;
#   2. CMAKE_PREFIX_PATH, as a variable or in the environment: such a folder, or what `torch.utils.cmake_prefix_path` prints;
#   3. where it was found before: CMake also runs by itself, without the environment of the first time;
#   4. VEIL_TORCH_DEFAULT_ROOT, which an installed veil sets to the one that it was built with;
#   5. the wheel in <source>/.venv, which tools/setup.sh makes.
#
# Shared libraries are named directly instead of through LibTorch's own TorchConfig.cmake, because that file demands a
# CUDA toolkit even for a program without CUDA. It is used for a LibTorch of any other make (static libraries).
#
# VEIL_CUDA=AUTO|ON|OFF decides whether the program links CUDA. AUTO: if LibTorch has it and the libraries that
# libtorch_cuda.so itself needs are there.
#
# Sets VEIL_TORCH_VERSION, VEIL_TORCH_LOCATION and VEIL_WITH_CUDA (TRUE or FALSE).
if(TARGET veil_torch)
  return()
endif()

set(VEIL_TORCH_ROOT "" CACHE PATH "Folder of LibTorch (holds include/ and lib/); empty: look for it")
set(VEIL_CUDA AUTO CACHE STRING "Link CUDA: AUTO (where LibTorch has all of it), ON or OFF")
set_property(CACHE VEIL_CUDA PROPERTY STRINGS AUTO ON OFF)

# Gives the folder that holds LibTorch's include/ and lib/, or "".
function(veil_find_torch_root result)
  set(candidates ${VEIL_TORCH_ROOT})
  if(NOT VEIL_TORCH_ROOT)
    foreach(prefix ${CMAKE_PREFIX_PATH} $ENV{CMAKE_PREFIX_PATH})
      string(REPLACE ":" ";" prefix "${prefix}")
      foreach(folder ${prefix})
        list(APPEND candidates "${folder}" "${folder}/../..")
      endforeach()
    endforeach()
    list(APPEND candidates ${VEIL_TORCH_FOUND_BEFORE})
    if(NOT Torch_DIR)
      file(GLOB wheels "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch")
      list(APPEND candidates ${VEIL_TORCH_DEFAULT_ROOT} ${wheels})
    endif()
  endif()
  set(${result} "" PARENT_SCOPE)
  foreach(folder ${candidates})
    if(EXISTS "${folder}/lib/libtorch_cpu.so" AND EXISTS "${folder}/include/torch/csrc/api/include/torch/torch.h")
      get_filename_component(folder "${folder}" ABSOLUTE)
      set(${result} "${folder}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

# Refuses a LibTorch that is too old or has the C++ ABI of before 2015, in which nothing else on the system is built.
function(veil_check_torch root)
  set(version "")
  if(EXISTS "${root}/share/cmake/Torch/TorchConfigVersion.cmake")
    file(STRINGS "${root}/share/cmake/Torch/TorchConfigVersion.cmake" line REGEX "PACKAGE_VERSION \"[0-9]+[.][0-9]+")
    string(REGEX MATCH "[0-9]+[.][0-9]+([.][0-9]+)?" version "${line}")
  endif()
  if(version AND version VERSION_LESS 2.6)
    message(FATAL_ERROR "LibTorch in ${root} is version ${version}; veil needs 2.6 or newer")
  endif()
  if(EXISTS "${root}/share/cmake/Torch/TorchConfig.cmake")
    file(STRINGS "${root}/share/cmake/Torch/TorchConfig.cmake" old_abi REGEX "_GLIBCXX_USE_CXX11_ABI=0")
    if(old_abi)
      message(FATAL_ERROR "LibTorch in ${root} is built with _GLIBCXX_USE_CXX11_ABI=0; take the one named cxx11 ABI")
    endif()
  endif()
  set(VEIL_TORCH_VERSION "${version}" PARENT_SCOPE)
endfunction()

# Whether the CUDA part of LibTorch and what it needs are there. The wheel keeps the latter in nvidia/ beside itself; a
# LibTorch without that folder brings them itself or leaves them to the system, and the linker has the last word.
function(veil_torch_has_cuda root result reason)
  set(${result} FALSE PARENT_SCOPE)
  if(NOT EXISTS "${root}/lib/libtorch_cuda.so")
    set(${reason} "LibTorch in ${root} is built without CUDA" PARENT_SCOPE)
    return()
  endif()
  if(IS_DIRECTORY "${root}/../nvidia")
    foreach(library cublas cudnn cusparseLt nccl nvshmem_host)
      file(GLOB found "${root}/../nvidia/*/lib/lib${library}.so*" "${root}/lib/lib${library}.so*")
      if(NOT found)
        set(${reason} "its lib${library}.so is not in ${root}/../nvidia; VEIL_CUDA=ON tools/setup.sh fetches all" PARENT_SCOPE)
        return()
      endif()
    endforeach()
  endif()
  set(${result} TRUE PARENT_SCOPE)
endfunction()

# Targets veil_NAME for lib/libNAME.so.
function(veil_import_libraries root)
  foreach(library ${ARGN})
    add_library(veil_${library} SHARED IMPORTED GLOBAL)
    set_target_properties(veil_${library} PROPERTIES IMPORTED_LOCATION "${root}/lib/lib${library}.so")
  endforeach()
endfunction()

# veil_torch from the shared libraries in `root`.
function(veil_torch_from_libraries root)
  veil_import_libraries("${root}" torch_cpu c10)
  target_include_directories(veil_torch SYSTEM INTERFACE "${root}/include" "${root}/include/torch/csrc/api/include")
  target_link_libraries(veil_torch INTERFACE veil_torch_cpu veil_c10)
  target_compile_definitions(veil_torch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
  veil_torch_has_cuda("${root}" has_cuda reason)
  if(VEIL_CUDA STREQUAL "ON" AND NOT has_cuda)
    message(FATAL_ERROR "VEIL_CUDA is ON, but ${reason}")
  endif()
  if(has_cuda AND VEIL_CUDA)
    veil_import_libraries("${root}" torch_cuda c10_cuda)
    # No symbol of these is named by a program; loading them is what makes the GPU known to LibTorch.
    target_link_options(veil_torch INTERFACE LINKER:--no-as-needed)
    target_link_libraries(veil_torch INTERFACE veil_torch_cuda veil_c10_cuda)
    set(VEIL_WITH_CUDA TRUE PARENT_SCOPE)
  elseif(VEIL_CUDA STREQUAL "AUTO")
    message(STATUS "CUDA: not linked (${reason})")
  endif()
endfunction()

string(TOUPPER "${VEIL_CUDA}" VEIL_CUDA)
if(NOT VEIL_CUDA MATCHES "^(AUTO|ON|OFF)$")
  message(FATAL_ERROR "VEIL_CUDA is \"${VEIL_CUDA}\"; want AUTO, ON or OFF")
endif()
set(VEIL_WITH_CUDA FALSE)
veil_find_torch_root(VEIL_TORCH_LOCATION)
set(VEIL_TORCH_FOUND_BEFORE "${VEIL_TORCH_LOCATION}" CACHE INTERNAL "Where LibTorch was found")
add_library(veil_torch INTERFACE IMPORTED GLOBAL)
if(VEIL_TORCH_LOCATION)
  veil_check_torch("${VEIL_TORCH_LOCATION}")
  veil_torch_from_libraries("${VEIL_TORCH_LOCATION}")
else()
  find_package(Torch 2.6 QUIET CONFIG)
  if(NOT Torch_FOUND)
    message(FATAL_ERROR "LibTorch was not found in VEIL_TORCH_ROOT (\"${VEIL_TORCH_ROOT}\"), CMAKE_PREFIX_PATH "
                        "(\"${CMAKE_PREFIX_PATH}\") or ${PROJECT_SOURCE_DIR}/.venv. Run tools/setup.sh, or pass "
                        "-DCMAKE_PREFIX_PATH=/path/to/libtorch.")
  endif()
  set(VEIL_TORCH_LOCATION "${TORCH_INSTALL_PREFIX}")
  set(VEIL_TORCH_VERSION "${Torch_VERSION}")
  target_link_libraries(veil_torch INTERFACE ${TORCH_LIBRARIES})
  if(TORCH_CUDA_LIBRARIES AND NOT VEIL_CUDA STREQUAL "OFF")
    set(VEIL_WITH_CUDA TRUE)
  elseif(VEIL_CUDA STREQUAL "ON")
    message(FATAL_ERROR "VEIL_CUDA is ON, but LibTorch in ${TORCH_INSTALL_PREFIX} is built without CUDA")
  endif()
endif()
if(VEIL_WITH_CUDA)
  message(STATUS "CUDA: linked, through LibTorch")
endif()
message(STATUS "LibTorch: ${VEIL_TORCH_VERSION} in ${VEIL_TORCH_LOCATION}")
