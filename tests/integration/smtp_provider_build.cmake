# Builds the SMTP example as a stranger would: a project of its own, against the installed SDK alone. What has not
# changed since the last run is not built again.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed:\n${output}")
  endif()
endfunction()

# From nothing each time, so that a header that is not installed any more is missed.
file(REMOVE_RECURSE "${SCRATCH}/prefix")
run("${CMAKE_COMMAND}" --install "${BUILD}" --component sdk --prefix "${SCRATCH}/prefix")
run("${CMAKE_COMMAND}" -S "${EXAMPLE}" -B "${SCRATCH}/build" -G Ninja "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix"
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_C_COMPILER=${C_COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
  "-DCMAKE_CXX_FLAGS=${FLAGS}" -DSMTP_PROVIDER_TESTS=ON)
run("${CMAKE_COMMAND}" --build "${SCRATCH}/build")
