# What an author of plugins gets: headers, find_package(HeraldSdk), pkg-config herald-sdk, the manual, the template, the
# examples. The build tree offers find_package(HeraldSdk) too: -DHeraldSdk_DIR=<build>/sdk.
include(CMakePackageConfigHelpers)
set(HERALD_SDK_PACKAGE "${CMAKE_INSTALL_LIBDIR}/cmake/HeraldSdk")
set(HERALD_SDK_PACKAGE "${HERALD_SDK_PACKAGE}" PARENT_SCOPE)  # for the command that tells an author where it is

install(DIRECTORY include/herald DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk)
install(FILES README.md DESTINATION "${CMAKE_INSTALL_DATADIR}/herald/sdk" COMPONENT sdk)
install(DIRECTORY template examples DESTINATION "${CMAKE_INSTALL_DATADIR}/herald/sdk" COMPONENT sdk)

install(TARGETS herald_sdk EXPORT HeraldSdk)
install(EXPORT HeraldSdk NAMESPACE herald:: DESTINATION "${HERALD_SDK_PACKAGE}" FILE HeraldSdkTargets.cmake
  COMPONENT sdk)
export(EXPORT HeraldSdk NAMESPACE herald:: FILE "${CMAKE_CURRENT_BINARY_DIR}/HeraldSdkTargets.cmake")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/HeraldSdkConfigVersion.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/HeraldSdkConfigVersion.cmake" DESTINATION "${HERALD_SDK_PACKAGE}"
  COMPONENT sdk)
foreach(file HeraldSdkConfig.cmake HeraldPlugin.cmake plugin.map)
  configure_file("cmake/${file}" "${CMAKE_CURRENT_BINARY_DIR}/${file}" COPYONLY)
  install(FILES "cmake/${file}" DESTINATION "${HERALD_SDK_PACKAGE}" COMPONENT sdk)
endforeach()

file(RELATIVE_PATH HERALD_PC_TO_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" HERALD_PC_TO_PREFIX "${HERALD_PC_TO_PREFIX}")
configure_file(cmake/herald-sdk.pc.in "${CMAKE_CURRENT_BINARY_DIR}/herald-sdk.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/herald-sdk.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
  COMPONENT sdk)
