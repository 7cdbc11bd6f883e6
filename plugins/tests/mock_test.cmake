# herald_mock_test(<target> FIXTURE <name> NAME <name> CHANNEL <channel> THREAD <name>)
# Holds a mock provider against what all mocks promise; its own tests stand in its own folder. FIXTURE is the first name
# of its tests, NAME the plugin's, THREAD its thread's.
function(herald_mock_test target)
  cmake_parse_arguments(MOCK "" "FIXTURE;NAME;CHANNEL;THREAD" "" ${ARGN})
  herald_test(NAME ${target}_mock_test
    SOURCES "${PROJECT_SOURCE_DIR}/plugins/tests/mock_golden_test.cpp"
            "${PROJECT_SOURCE_DIR}/plugins/tests/mock_life_test.cpp"
            "${PROJECT_SOURCE_DIR}/plugins/tests/mock_outcomes_test.cpp"
            "${PROJECT_SOURCE_DIR}/plugins/tests/mock_webhook_test.cpp"
    LINKS herald::sdk nlohmann_json::nlohmann_json LABELS plugin-${MOCK_NAME}
    DEFINES HERALD_MOCK=${MOCK_FIXTURE} HERALD_MOCK_FILE="$<TARGET_FILE:${target}>" HERALD_MOCK_NAME="${MOCK_NAME}"
            HERALD_MOCK_CHANNEL="${MOCK_CHANNEL}" HERALD_MOCK_THREAD="${MOCK_THREAD}")
  target_include_directories(${target}_mock_test PRIVATE "${PROJECT_SOURCE_DIR}/sdk/tests"
    "${PROJECT_SOURCE_DIR}/plugins/tests")
  add_dependencies(${target}_mock_test ${target})
endfunction()
