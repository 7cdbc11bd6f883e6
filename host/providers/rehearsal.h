// What a probing child does with a library beyond its handshake: it makes an instance and destroys it.
#pragma once

#include "providers/handshake.h"

namespace herald::providers {

// create, then destroy, with a host behind it that says nothing and takes nothing. What the plugin answers or throws is
// no verdict: whether it works under a probe's limits says nothing of a host without them. A damaged one ends this
// process, or hangs, and that is the finding.
void rehearse(const Plugin& plugin);

}  // namespace herald::providers
