"""How `herald plugin check` ends: interrupted, and after a plugin that leaves a process behind: endings_test.py HERALD
ABI_PLUGINS."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))
from support.eventually import eventually  # noqa: E402

HERALD = sys.argv[1]
PLUGINS = pathlib.Path(sys.argv[2])


def processes_with(mark):
    """Those whose environment holds it, which children take over from their parents."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        try:
            if process.name.isdigit() and mark.encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue  # it has ended, or is another user's
    return found


class Endings(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="herald-plugin-check-endings-")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        self.mark = f"HERALD_TEST_OF={scratch.name}"
        name, value = self.mark.split("=")
        self.environment = {**os.environ, "TMPDIR": scratch.name, name: value}

    def check(self, plugin, *options):
        return subprocess.Popen([HERALD, "plugin", "check", *options, str(PLUGINS / plugin)], env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def is_interrupted_by(self, number):
        check = self.check("recorder_stuck.so", "--timeout", "600", "--only", "life.*")
        self.assertTrue(eventually(lambda: list(self.scratch.glob("*/life.*"))))
        check.send_signal(number)
        check.communicate(timeout=30)
        self.assertEqual(check.returncode, -number)
        self.assertEqual(list(self.scratch.iterdir()), [])
        self.assertEqual(eventually(lambda: not processes_with(self.mark)), True)

    def test_an_interrupted_run_leaves_no_folder_and_no_process(self):
        self.is_interrupted_by(signal.SIGINT)

    def test_nor_does_one_that_a_build_server_ends(self):
        self.is_interrupted_by(signal.SIGTERM)

    def test_a_process_that_left_its_session_does_not_outlive_the_run(self):
        check = self.check("leaves_a_process.so", "--only", "elf.loads")
        told, _ = check.communicate(timeout=60)
        self.assertEqual(check.returncode, 0, told)
        self.assertEqual(eventually(lambda: not processes_with(self.mark)), True)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
