# One provider, built by every compiler and against every C++ library that is at hand: they must live in one process.
# By commands of their own, since a project of CMake's has one compiler for each language.
set(SIBLING_DIR "${CMAKE_CURRENT_BINARY_DIR}/siblings")
file(MAKE_DIRECTORY "${SIBLING_DIR}")
set(sibling_flags -shared -fPIC -O2 -fvisibility=hidden -Wall -Wextra "-I${PROJECT_SOURCE_DIR}/sdk/include"
  "-Wl,--version-script=${HERALD_PLUGIN_SYMBOLS}" -Wl,-Bsymbolic -pthread)
file(GLOB sdk_headers "${PROJECT_SOURCE_DIR}/sdk/include/herald/*.h")
set(siblings)
set(sibling_files)

# sibling(<name> SOURCE <file> COMMAND <compiler> <flags> ... [LIBRARIES ...]): also as a thrower, when it is C++.
function(sibling name)
  cmake_parse_arguments(SIBLING "" "SOURCE" "COMMAND;LIBRARIES" ${ARGN})
  set(source "${CMAKE_CURRENT_SOURCE_DIR}/${SIBLING_SOURCE}")
  set(file "${SIBLING_DIR}/${name}.so")
  add_custom_command(OUTPUT "${file}"
    COMMAND ${SIBLING_COMMAND} ${sibling_flags} "-DPLUGIN_NAME=\"${name}\""
      -o "${file}" "${source}" ${SIBLING_LIBRARIES}
    DEPENDS "${source}" "${CMAKE_CURRENT_SOURCE_DIR}/well_behaved.h" ${sdk_headers} VERBATIM)
  set(files "${file}")
  if(SIBLING_SOURCE STREQUAL "sibling.cpp")
    set(source "${CMAKE_CURRENT_SOURCE_DIR}/throwing.cpp")
    set(file "${SIBLING_DIR}/throwing/${name}.so")
    file(MAKE_DIRECTORY "${SIBLING_DIR}/throwing")
    add_custom_command(OUTPUT "${file}"
      COMMAND ${SIBLING_COMMAND} ${sibling_flags} -Wno-unused-function "-DPLUGIN_NAME=\"throws-${name}\""
        "-DTHROWS_IN=\"submit\"" -o "${file}" "${source}" ${SIBLING_LIBRARIES}
      DEPENDS "${source}" "${CMAKE_CURRENT_SOURCE_DIR}/well_behaved.h" ${sdk_headers} VERBATIM)
    list(APPEND files "${file}")
  endif()
  set(siblings ${siblings} ${name} PARENT_SCOPE)
  set(sibling_files ${sibling_files} ${files} PARENT_SCOPE)
endfunction()

find_program(HERALD_GCC gcc REQUIRED)
find_program(HERALD_GXX g++ REQUIRED)
find_program(HERALD_CLANG clang-14 REQUIRED)
find_program(HERALD_CLANGXX clang++-14 REQUIRED)
sibling(c-by-gcc SOURCE sibling.c COMMAND "${HERALD_GCC}" -std=c11)
sibling(c-by-clang SOURCE sibling.c COMMAND "${HERALD_CLANG}" -std=c11)
sibling(cpp-by-gcc SOURCE sibling.cpp COMMAND "${HERALD_GXX}" -std=c++17 -fno-gnu-unique)
sibling(cpp-by-clang SOURCE sibling.cpp COMMAND "${HERALD_CLANGXX}" -std=c++17)
sibling(static-by-gcc SOURCE sibling.cpp
  COMMAND "${HERALD_GXX}" -std=c++17 -fno-gnu-unique -static-libstdc++ -static-libgcc)

# Where they are installed. libc++ is linked statically: as a shared library it would take the host's __cxa_* functions,
# which are libstdc++'s and lay an exception out otherwise.
set(static_libcxx -stdlib=libc++ -static-libstdc++)
file(CONFIGURE OUTPUT "${SIBLING_DIR}/libcxx.cpp" CONTENT "#include <string>\nint main() { return 0; }\n")
execute_process(COMMAND "${HERALD_CLANGXX}" ${static_libcxx} "${SIBLING_DIR}/libcxx.cpp" -o "${SIBLING_DIR}/libcxx"
  -Wl,-Bstatic -lc++abi -Wl,-Bdynamic RESULT_VARIABLE no_libcxx OUTPUT_QUIET ERROR_QUIET)
# The thread sanitizer does not see how a libc++ that was built without it counts references, and takes the end of an
# exception for a race.
if(no_libcxx EQUAL 0 AND NOT HERALD_SANITIZE STREQUAL "thread")
  sibling(cpp-with-libcxx SOURCE sibling.cpp COMMAND "${HERALD_CLANGXX}" -std=c++17 ${static_libcxx}
    LIBRARIES -Wl,-Bstatic -lc++abi -Wl,-Bdynamic)
endif()
find_program(HERALD_RUSTC rustc)
if(HERALD_RUSTC)
  set(rust_file "${SIBLING_DIR}/in-rust.so")
  add_custom_command(OUTPUT "${rust_file}"
    COMMAND "${HERALD_RUSTC}" --edition 2021 --crate-type cdylib -O -C strip=symbols
      -o "${rust_file}" "${CMAKE_CURRENT_SOURCE_DIR}/sibling.rs"
    DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/sibling.rs" VERBATIM)
  list(APPEND siblings in-rust)
  list(APPEND sibling_files "${rust_file}")
endif()
list(JOIN siblings "," SIBLINGS)
set_property(GLOBAL PROPERTY HERALD_ABI_SIBLINGS "${SIBLINGS}")
add_custom_target(abi_siblings ALL DEPENDS ${sibling_files})
