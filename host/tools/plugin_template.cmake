# plugin_template.cpp: the files of sdk/template as strings. A change of one of them configures anew.
set(template "${PROJECT_SOURCE_DIR}/sdk/template")
set(HERALD_TEMPLATE_FILES "")
foreach(name .gitignore CMakeLists.txt README.md plugin_test.cpp provider.cpp)
  file(READ "${template}/${name}" text)
  string(APPEND HERALD_TEMPLATE_FILES "      {\"${name}\", R\"__file__(${text})__file__\"},\n")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${template}/${name}")
endforeach()
configure_file(plugin_template.cpp.in "${CMAKE_CURRENT_BINARY_DIR}/plugin_template.cpp" @ONLY)
