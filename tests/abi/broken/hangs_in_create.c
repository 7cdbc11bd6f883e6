/* Takes something of which there are 500 in create, and never gives it back. */
#include "provider.h"

static herald_instance create(const herald_host* host) {
  static int taken;
  /* NOLINTNEXTLINE(bugprone-infinite-loop): the fault of this plugin */
  while (taken == 500)
    pause();
  ++taken;
  return good_create(host);
}

PROVIDER("hangs-in-create", plugin.create = create);
