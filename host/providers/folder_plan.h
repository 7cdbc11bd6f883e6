// What is to be done so that what runs is what the plugin folder holds. A pure function of the two: the folder
// declares, the host follows, and it makes no difference which events told of a change or how many were lost.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "providers/folder_census.h"

namespace herald::providers {

// A provider that runs; one that is disabled runs too, one that drains does not.
struct Running {
  std::string name;
  std::string version;
  std::filesystem::path file;  // that it was loaded from, or that took that file's place since: Candidate::source
  std::string hash;            // of the bytes that it was loaded from: Candidate::hash
};

// A candidate that was tried, and did not start. It holds until the file changes: for a file with another fingerprint,
// or one that is gone, it is without effect. One for which the system was short of something holds for one round.
struct Failure {
  std::filesystem::path file;  // Candidate::source
  Fingerprint fingerprint;     // Candidate::fingerprint
  std::string reason;
  bool of_config = false;  // another configuration may cure it
  bool passing = false;    // the file is not at fault
};

struct Step {
  enum class Kind {
    kRename,   // `name` goes on running; its file is `candidate.source` now, with the same bytes
    kUpgrade,  // start `candidate` beside `name`, which runs; let it take over; drain the old one
    kStart,    // start `candidate`, whose name nobody has
    kRemove,   // drain and end `name`; `candidate` is empty
  };

  Kind kind = Kind::kStart;
  std::string name;  // of the provider
  Candidate candidate;
};

struct Plan {
  std::vector<Step> steps;        // to be done in this order
  std::vector<Refusal> refusals;  // all that is to be listed as refused, in the order of the files' names
};

// Files that bear the same provider's name compete, and the highest semantic version wins. Of equal ones it is the file
// that runs, else one with the bytes that run, else the first by its file's name. The others are refused.
//
// - One that has failed does not compete. It is refused with its reason, and the next best serves.
// - A provider goes on when its own file is there but refused, or has failed: an upgrade that is broken leaves the old
//   one serving, unless another file has a higher version.
// - Otherwise what the folder holds decides, and not what ran before: other bytes in the place of the only file of that
//   name are an upgrade also when their version is lower, since an operator's rollback is his will.
// - The same bytes under another file name are a rename.
//
// Renames come first, then upgrades, then starts, in the order of the files' names; removals last, so that a provider
// that gets another name leaves no channel unserved.
//
// When a step fails, note the failure, do not do the steps that are left, and plan anew with the same census: every
// round tries a candidate less, so that it ends. A plan without steps means that the folder and the host agree.
Plan plan(const std::vector<Running>& running, const std::vector<Failure>& failures, const Census& census);

// Those that the census still bears out, and that are not passing; the others can be forgotten.
std::vector<Failure> still_true(std::vector<Failure> failures, const Census& census);

}  // namespace herald::providers
