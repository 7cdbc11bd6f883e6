// What the operating system shows of this process.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace herald::tools::check {

// Threads by id, with their names.
std::map<int, std::string> threads_of_this_process();

// Open descriptors with what they lead to, such as "socket:[12345]".
std::map<int, std::string> descriptors_of_this_process();

// Waits until this process has no more threads than `count`, because a thread that was joined may stand in the list for
// a moment; answers how many there are.
std::size_t threads_settled_at(std::size_t count, std::chrono::milliseconds within);

// Resident memory that no file stands behind, in bytes: what the heap and the stacks hold.
std::size_t anonymous_bytes();

}  // namespace herald::tools::check
