# find_package(HeraldSdk): the target herald::sdk and the function herald_add_plugin.
include("${CMAKE_CURRENT_LIST_DIR}/HeraldSdkTargets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/HeraldPlugin.cmake")
