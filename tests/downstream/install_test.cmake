# Installs veil into a fresh folder, and configures, builds and runs a program against what was installed.
# Run with -DBUILD_DIR=… -DGENERATOR=… -DCOMPILER=… -DLAUNCHER=… -P.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    file(REMOVE_RECURSE "${work}")
    message(FATAL_ERROR "${ARGN} ended with ${result}:\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(want_file path)
  if(NOT EXISTS "${work}/prefix/${path}")
    message(SEND_ERROR "${path} was not installed")
  endif()
endfunction()

string(RANDOM LENGTH 8 suffix)
set(work "${BUILD_DIR}/install test ${suffix}")
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${work}/prefix)
foreach(path include/veil/base/random.h share/veil/configs share/veil/datasets)
  want_file(${path})
endforeach()
if(EXISTS "${work}/prefix/include/veil/cli")
  message(SEND_ERROR "the headers of the command line are not for others, but were installed")
endif()

run(${work}/prefix/bin/veil --version)
run(${CMAKE_COMMAND} -G ${GENERATOR} -S ${CMAKE_CURRENT_LIST_DIR} -B ${work}/build
    -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}" -DCMAKE_PREFIX_PATH=${work}/prefix)
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/downstream ${work}/alpha.safetensors)
string(STRIP "${output}" output)
if(NOT output MATCHES "^0[.]29289") # 1 - cos((1 - t) pi / 2) at t = 1/2 is 1 - sqrt(1/2)
  message(SEND_ERROR "the program printed \"${output}\", want 0.29289…")
endif()
file(REMOVE_RECURSE "${work}")
