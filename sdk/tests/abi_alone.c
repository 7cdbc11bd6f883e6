/* The contract alone, as a plugin in C or C++ sees it; its layout on 64-bit machines is part of the contract. */
#include <herald/abi.h>

#ifdef __cplusplus
#define HERALD_CHECK(condition, text) static_assert(condition, text)
#else
#define HERALD_CHECK(condition, text) _Static_assert(condition, text)
#endif

HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_str) == 16, "herald_str");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_message) == 184, "herald_message");
HERALD_CHECK(sizeof(void*) != 8 || offsetof(herald_message, deadline_ns) == 24, "herald_message.deadline_ns");
HERALD_CHECK(sizeof(void*) != 8 || offsetof(herald_message, body) == 152, "herald_message.body");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_batch) == 24, "herald_batch");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_outcome) == 72, "herald_outcome");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_completion) == 24, "herald_completion");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_host) == 80, "herald_host");
HERALD_CHECK(sizeof(void*) != 8 || sizeof(herald_plugin) == 184, "herald_plugin");
HERALD_CHECK(sizeof(void*) != 8 || offsetof(herald_plugin, create) == 120, "herald_plugin.create");
HERALD_CHECK(sizeof(herald_fault_profile) == 32, "herald_fault_profile");
