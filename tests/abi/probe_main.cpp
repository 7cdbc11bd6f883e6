// The probe of the tests: what the host's binary does for its sub-command plugin-probe.
#include <unistd.h>

#include "providers/probe.h"

int main(int argc, char** argv) {
  if (argc != 3 || argv[1] != herald::providers::kProbeCommand) return 2;
  herald::providers::probe_main(argv[2], STDOUT_FILENO);
}
