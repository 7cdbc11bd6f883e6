# Installs the SDK into a scratch folder, and builds a copy of the template against it alone.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${ARGN} failed:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE "${SCRATCH}")
run("${CMAKE_COMMAND}" --install "${BUILD}" --component sdk --prefix "${SCRATCH}/prefix")
file(COPY "${TEMPLATE}/" DESTINATION "${SCRATCH}/mine")
run("${CMAKE_COMMAND}" -S "${SCRATCH}/mine" -B "${SCRATCH}/build" "-DCMAKE_PREFIX_PATH=${SCRATCH}/prefix"
  "-DCMAKE_CXX_COMPILER=${COMPILER}")
run("${CMAKE_COMMAND}" --build "${SCRATCH}/build")
if(NOT EXISTS "${SCRATCH}/build/template.so")
  message(FATAL_ERROR "the template was built, but there is no ${SCRATCH}/build/template.so")
endif()
