# Installs veil into a fresh folder, and configures, builds and runs against what was installed: a small program, and those
# that README.md shows.
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

# Block number `number` of README.md in a language; the first is 0.
function(readme_block language number result)
  file(READ ${CMAKE_CURRENT_LIST_DIR}/../../README.md text)
  foreach(skipped RANGE ${number})
    string(FIND "${text}" "```${language}\n" start)
    if(start LESS 0)
      message(FATAL_ERROR "README.md has no block number ${number} of ${language}")
    endif()
    string(SUBSTRING "${text}" ${start} -1 text)
    string(FIND "${text}" "\n" start)
    string(SUBSTRING "${text}" ${start} -1 text)
  endforeach()
  string(FIND "${text}" "\n```" end)
  string(SUBSTRING "${text}" 0 ${end} text)
  set(${result} "${text}\n" PARENT_SCOPE)
endfunction()

# Builds and runs program `number` of README.md by the lines for CMake that stand there.
function(run_readme_program number)
  readme_block(cmake 0 lines)
  file(WRITE "${work}/readme/${number}/CMakeLists.txt"
       "cmake_minimum_required(VERSION 3.25)\nproject(mine LANGUAGES CXX)\nadd_executable(mine main.cpp)\n${lines}")
  readme_block(cpp ${number} program)
  file(WRITE "${work}/readme/${number}/main.cpp" "${program}")
  build(${work}/readme/${number} mine${number})
  run(${work}/build/mine${number}/mine WORKING_DIRECTORY ${work}/prefix/share/veil)
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(build folder name)
  run(${CMAKE_COMMAND} -G ${GENERATOR} -S ${folder} -B ${work}/build/${name}
      -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_CXX_FLAGS=${FLAGS}" -DCMAKE_PREFIX_PATH=${work}/prefix)
  run(${CMAKE_COMMAND} --build ${work}/build/${name})
endfunction()

string(RANDOM LENGTH 8 suffix)
set(work "${BUILD_DIR}/install test ${suffix}")
run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${work}/prefix)
want_file(include/veil/base/random.h)
foreach(folder configs datasets models)
  if(EXISTS "${CMAKE_CURRENT_LIST_DIR}/../../${folder}")
    want_file(share/veil/${folder})
  endif()
endforeach()
if(EXISTS "${work}/prefix/include/veil/cli")
  message(SEND_ERROR "the headers of the command line are not for others, but were installed")
endif()

run(${work}/prefix/bin/veil --version)
build(${CMAKE_CURRENT_LIST_DIR} small)
run(${work}/build/small/downstream ${work}/alpha.safetensors)
string(STRIP "${output}" output)
if(NOT output MATCHES "^0[.]29289") # 1 - cos((1 - t) pi / 2) at t = 1/2 is 1 - sqrt(1/2)
  message(SEND_ERROR "the program printed \"${output}\", want 0.29289…")
endif()

run_readme_program(0)
if(NOT output MATCHES "^2[.][0-9]+ [+]- 0[.][0-9]+ bits/dim\n$") # of all test images: 2.919
  message(SEND_ERROR "the first program of README.md printed \"${output}\", want 2.… +- 0.… bits/dim")
endif()
run_readme_program(1)
if(NOT output MATCHES "^[345][.][0-9]+ bits/dim\n$") # a network that knows nothing: 8
  message(SEND_ERROR "the second program of README.md printed \"${output}\", want 3 to 6 bits/dim")
endif()
file(REMOVE_RECURSE "${work}")
