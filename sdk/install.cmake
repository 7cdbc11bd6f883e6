# What an author of plugins gets installed: headers, find_package(HeraldSdk), pkg-config herald-sdk.
include(CMakePackageConfigHelpers)
set(package "${CMAKE_INSTALL_LIBDIR}/cmake/HeraldSdk")

install(DIRECTORY include/herald DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT sdk)
install(TARGETS herald_sdk EXPORT HeraldSdk)
install(EXPORT HeraldSdk NAMESPACE herald:: DESTINATION "${package}" FILE HeraldSdkTargets.cmake COMPONENT sdk)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/HeraldSdkConfigVersion.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/HeraldSdkConfigVersion.cmake"
  cmake/HeraldSdkConfig.cmake cmake/HeraldPlugin.cmake cmake/plugin.map DESTINATION "${package}" COMPONENT sdk)

file(RELATIVE_PATH HERALD_PC_TO_PREFIX "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/herald-sdk.pc.in "${CMAKE_CURRENT_BINARY_DIR}/herald-sdk.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/herald-sdk.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT sdk)
