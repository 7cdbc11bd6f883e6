# The three kinds of target the tree is made of: a room of the host, a plugin, a test.

# herald_room(NAME store SOURCES a.cpp ... LINKS herald::domain ... [PRIVATE SQLite::SQLite3 ...])
# A static library herald_<NAME> with the alias herald::<NAME>. LINKS mirror the include table of ARCHITECTURE.md;
# PRIVATE holds the libraries that only this room may know.
function(herald_room)
  cmake_parse_arguments(ROOM "" "NAME" "SOURCES;LINKS;PRIVATE" ${ARGN})
  add_library(herald_${ROOM_NAME} STATIC ${ROOM_SOURCES})
  add_library(herald::${ROOM_NAME} ALIAS herald_${ROOM_NAME})
  target_include_directories(herald_${ROOM_NAME} PUBLIC "${PROJECT_SOURCE_DIR}/host")
  target_link_libraries(herald_${ROOM_NAME} PUBLIC ${ROOM_LINKS} PRIVATE herald_flags ${ROOM_PRIVATE})
endfunction()

# herald_test(NAME breaker_test SOURCES ... LINKS ... [LABELS unit delivery] [TIMEOUT seconds] [DEFINES ...])
# A GoogleTest binary whose every case is a ctest test of its own.
function(herald_test)
  cmake_parse_arguments(TEST "" "NAME;TIMEOUT" "SOURCES;LINKS;LABELS;DEFINES" ${ARGN})
  add_executable(${TEST_NAME} ${TEST_SOURCES})
  target_include_directories(${TEST_NAME} PRIVATE "${PROJECT_SOURCE_DIR}/host" "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${TEST_NAME} PRIVATE herald_flags ${TEST_LINKS} GTest::gmock GTest::gtest GTest::gtest_main)
  target_compile_definitions(${TEST_NAME} PRIVATE ${TEST_DEFINES})
  set_target_properties(${TEST_NAME} PROPERTIES HERALD_TEST ON)
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 60)
  endif()
  gtest_discover_tests(${TEST_NAME} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT ${TEST_TIMEOUT})
  # gtest_discover_tests keeps only the first of several labels: a file that ctest reads after its own sets them all.
  set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/${TEST_NAME}_labels.cmake")
  file(CONFIGURE OUTPUT "${labels_file}" @ONLY
    CONTENT "set_tests_properties(\${@TEST_NAME@_TESTS} PROPERTIES LABELS \"@TEST_LABELS@\")\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
endfunction()
include(GoogleTest)
