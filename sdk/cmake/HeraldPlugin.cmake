# What a plugin's build calls.
set(HERALD_PLUGIN_SYMBOLS "${CMAKE_CURRENT_LIST_DIR}/plugin.map" CACHE INTERNAL "What a plugin exports")

# herald_add_plugin(<target> [NAME name] SOURCES a.cpp ... [LINKS lib ...] [OUTPUT_DIRECTORY dir])
# A plugin: a loadable library <name>.so (without NAME: <target>.so), of which nothing is visible but
# herald_plugin_entry. LINKS are its own.
function(herald_add_plugin target)
  cmake_parse_arguments(PLUGIN "" "NAME;OUTPUT_DIRECTORY" "SOURCES;LINKS" ${ARGN})
  if(NOT PLUGIN_SOURCES)
    message(FATAL_ERROR "herald_add_plugin(${target}): SOURCES is empty")
  endif()
  add_library(${target} MODULE ${PLUGIN_SOURCES})
  target_link_libraries(${target} PRIVATE herald::sdk ${PLUGIN_LINKS})
  if(CMAKE_CXX_COMPILER_LOADED)
    target_compile_features(${target} PRIVATE cxx_std_17)
  endif()
  set_target_properties(${target} PROPERTIES
    PREFIX "" SUFFIX ".so" POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${HERALD_PLUGIN_SYMBOLS}")
  if(PLUGIN_NAME)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME "${PLUGIN_NAME}")
  endif()
  if(PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${PLUGIN_OUTPUT_DIRECTORY}")
  endif()
  # Two plugins in one process must share nothing: a unique symbol would be one object for both.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${target} PRIVATE "LINKER:--version-script=${HERALD_PLUGIN_SYMBOLS}" LINKER:-Bsymbolic
    LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)
  # A sanitizer's runtime stands in the program that loads the plugin, so its symbols stay open here.
  if(NOT HERALD_SANITIZE AND NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize")
    target_link_options(${target} PRIVATE LINKER:-z,defs)
  endif()
endfunction()

# herald_add_plugin_test(<target> PLUGIN plugin SOURCES a.cpp ... [LINKS lib ...])
# A program on the testkit, and a test that runs it with the built plugin's file as its one argument.
function(herald_add_plugin_test target)
  cmake_parse_arguments(TEST "" "PLUGIN" "SOURCES;LINKS" ${ARGN})
  if(NOT TEST_PLUGIN OR NOT TEST_SOURCES)
    message(FATAL_ERROR "herald_add_plugin_test(${target}): PLUGIN or SOURCES is empty")
  endif()
  find_package(Threads REQUIRED)
  add_executable(${target} ${TEST_SOURCES})
  target_link_libraries(${target} PRIVATE herald::sdk Threads::Threads ${CMAKE_DL_LIBS} ${TEST_LINKS})
  target_compile_features(${target} PRIVATE cxx_std_17)
  add_dependencies(${target} ${TEST_PLUGIN})
  add_test(NAME ${target} COMMAND ${target} "$<TARGET_FILE:${TEST_PLUGIN}>")
endfunction()
