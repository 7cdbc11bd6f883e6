# What every target of the project is compiled with: the standard, the warnings, the hardening, the sanitizers.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

find_program(HERALD_CCACHE ccache)
if(HERALD_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${HERALD_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${HERALD_CCACHE}")
endif()

option(HERALD_FUZZ "Instrument for libFuzzer (clang) and link tests/fuzz with it" OFF)
set(HERALD_SANITIZE "" CACHE STRING "Sanitizers to build with: empty, 'address,undefined' or 'thread'")

# What an attack through a hole needs: the page behind the stack's guard, and jumps to where no function begins. The
# switches are the architecture's own; on others there are none.
set(hardening_x86_64 -fstack-clash-protection -fcf-protection=full)
set(hardening_aarch64 $<$<C_COMPILER_ID:GNU>:-fstack-clash-protection> -mbranch-protection=standard)
set(HERALD_ARCH_HARDENING ${hardening_${CMAKE_SYSTEM_PROCESSOR}})

# Linked PRIVATE by every target of the project; nothing of it reaches a plugin author's own build.
add_library(herald_flags INTERFACE)
target_compile_options(herald_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror -fstack-protector-strong
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  ${HERALD_ARCH_HARDENING})
target_link_options(herald_flags INTERFACE -Wl,-z,relro,-z,now)
# What tests compile themselves is run once and compiled often: unoptimised it costs the compiler 43 % less (four files,
# user time, g++ 12). The rooms that they test are what the host links.
target_compile_options(herald_flags INTERFACE $<$<BOOL:$<TARGET_PROPERTY:HERALD_TEST>>:-O0>)
# g++ 12's own static analyser follows C only: of C++ it knows neither exceptions nor new, and says what is not so.
if(NOT HERALD_SANITIZE)
  target_compile_options(herald_flags INTERFACE $<$<COMPILE_LANG_AND_ID:C,GNU>:-fanalyzer>)
  # FORTIFY needs optimisation and fights the sanitizers' own interceptors.
  set(fortified "$<NOT:$<OR:$<CONFIG:Debug>,$<BOOL:$<TARGET_PROPERTY:HERALD_TEST>>>>")
  target_compile_options(herald_flags INTERFACE $<${fortified}:-U_FORTIFY_SOURCE> $<${fortified}:-D_FORTIFY_SOURCE=2>)
else()
  add_compile_options(-fsanitize=${HERALD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${HERALD_SANITIZE})
endif()
if(HERALD_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
