# Finds LibTorch and gives the one imported target `veil_torch`.
#
# Two ways in:
#   1. CMAKE_PREFIX_PATH names a LibTorch distribution: its own TorchConfig.cmake is used.
#   2. Otherwise the PyPI wheel in <source>/.venv (made by tools/setup.sh), or in VEIL_TORCH_ROOT. The
#      wheel's TorchConfig.cmake demands a CUDA toolkit even for a CPU program, so the libraries are
#      named directly: libtorch_cpu and libc10, and the CUDA ones where VEIL_CUDA asks for them.
if(TARGET veil_torch)
  return()
endif()

file(GLOB _veil_wheels "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch")
set(VEIL_TORCH_ROOT "" CACHE PATH "Folder of an unpacked torch wheel (holds include/ and lib/)")
if(NOT VEIL_TORCH_ROOT AND _veil_wheels)
  list(GET _veil_wheels 0 _veil_root)
else()
  set(_veil_root "${VEIL_TORCH_ROOT}")
endif()

if(CMAKE_PREFIX_PATH)
  find_package(Torch QUIET CONFIG PATHS ${CMAKE_PREFIX_PATH} NO_DEFAULT_PATH)
endif()

add_library(veil_torch INTERFACE IMPORTED GLOBAL)
if(Torch_FOUND)
  message(STATUS "LibTorch: ${TORCH_INSTALL_PREFIX} (from CMAKE_PREFIX_PATH)")
  target_link_libraries(veil_torch INTERFACE torch)
  set(VEIL_TORCH_HAS_CUDA ${TORCH_CUDA_LIBRARIES})
elseif(_veil_root AND EXISTS "${_veil_root}/lib/libtorch_cpu.so")
  message(STATUS "LibTorch: ${_veil_root} (wheel)")
  foreach(_lib c10 torch_cpu)
    add_library(veil_${_lib} SHARED IMPORTED GLOBAL)
    set_target_properties(veil_${_lib} PROPERTIES IMPORTED_LOCATION "${_veil_root}/lib/lib${_lib}.so")
  endforeach()
  target_include_directories(veil_torch SYSTEM INTERFACE
    "${_veil_root}/include" "${_veil_root}/include/torch/csrc/api/include")
  target_link_libraries(veil_torch INTERFACE veil_torch_cpu veil_c10)
  target_compile_definitions(veil_torch INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
else()
  message(FATAL_ERROR "LibTorch was not found: neither CMAKE_PREFIX_PATH nor ${PROJECT_SOURCE_DIR}/.venv "
                      "nor VEIL_TORCH_ROOT holds one. Run tools/setup.sh, or pass -DCMAKE_PREFIX_PATH=/path/to/libtorch.")
endif()
