# find_package(HeraldSdk): the target herald::sdk, and the functions herald_add_plugin and herald_add_plugin_test.
include("${CMAKE_CURRENT_LIST_DIR}/HeraldSdkTargets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/HeraldPlugin.cmake")
