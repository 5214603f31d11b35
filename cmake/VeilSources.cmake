# veil_sources(veil_io TORCH a.cpp … PLAIN b.cpp …): sources of a library, each named once. PLAIN ones do without LibTorch, and
# without its precompiled header they compile ten times faster.
function(veil_sources library)
  cmake_parse_arguments(ARG "" "" "TORCH;PLAIN" ${ARGN})
  target_sources(${library} PRIVATE ${ARG_TORCH} ${ARG_PLAIN})
  set_source_files_properties(${ARG_PLAIN} TARGET_DIRECTORY ${library} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
