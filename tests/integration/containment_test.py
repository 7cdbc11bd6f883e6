"""What the host keeps to itself: its folder, its memory; and how its binary is built."""

import os
import platform
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.herald_host import HeraldHost  # noqa: E402

BINARY = sys.argv.pop()
# The instruction that a function begins with where an indirect jump may land.
INDIRECT_TARGET = {"x86_64": "endbr64", "aarch64": "paciasp|bti"}


class DataFolder(unittest.TestCase):
    def test_is_made_for_its_owner_alone_whatever_the_umask(self):
        former = os.umask(0)
        try:
            with HeraldHost(BINARY) as host:
                data = Path(host.folder) / "data"
                for path in [data, *data.rglob("*")]:
                    self.assertEqual(stat.S_IMODE(path.stat().st_mode) & 0o077, 0, path)
        finally:
            os.umask(former)

    def test_that_others_may_enter_is_refused_with_the_cure(self):
        for mode in (0o750, 0o701, 0o777):
            with tempfile.TemporaryDirectory() as folder:
                data = Path(folder) / "data"
                data.mkdir()
                data.chmod(mode)
                done = subprocess.run([BINARY, "serve"], capture_output=True, text=True, timeout=60, check=False,
                                      env={"API_PORT": "0", "API_DATA_DIR": str(data)})
                self.assertEqual(done.returncode, 1)
                self.assertIn(f"chmod 700 {data}", done.stderr)
                self.assertEqual(list(data.iterdir()), [])


class Memory(unittest.TestCase):
    """Messages and secrets lie in it."""

    def setUp(self):
        former = resource.getrlimit(resource.RLIMIT_CORE)
        if former[1] == resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_CORE, (former[1], former[1]))
            self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, former)

    @staticmethod
    def dumps(process):
        process.send_signal(signal.SIGQUIT)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -signal.SIGQUIT
        return os.WCOREDUMP(status)

    def test_is_in_no_core_file(self):
        with tempfile.TemporaryDirectory() as folder:
            with subprocess.Popen(["sleep", "60"], cwd=folder) as other:
                if not self.dumps(other):
                    self.skipTest("nothing dumps core here")
        with HeraldHost(BINARY) as host:
            self.assertFalse(self.dumps(host.process))
            self.assertEqual([path for path in Path(host.folder).iterdir() if "core" in path.name], [])

    def test_has_no_room_in_a_core_file_of_a_child_either(self):
        with HeraldHost(BINARY) as host:
            limits = Path(f"/proc/{host.process.pid}/limits").read_text(encoding="ascii")
            self.assertRegex(limits, r"Max core file size +0 +0 ")

    @unittest.skipIf(os.geteuid() == 0, "root may look into every process")
    def test_is_closed_to_its_own_user(self):
        with HeraldHost(BINARY) as host, self.assertRaises(PermissionError):
            Path(f"/proc/{host.process.pid}/environ").read_bytes()


class Hardening(unittest.TestCase):
    def shown(self, *what):
        return subprocess.run(["readelf", "--wide", *what, BINARY], capture_output=True, text=True, check=True).stdout

    def test_of_the_binary_is_whole(self):
        self.assertRegex(self.shown("--file-header"), r"Type: +DYN", "position-independent")
        segments = self.shown("--program-headers")
        self.assertIn("GNU_RELRO", segments)
        self.assertRegex(segments, r"GNU_STACK.* RW +0x", "the stack is not executable")
        dynamic = self.shown("--dynamic")
        self.assertIn("BIND_NOW", dynamic)
        self.assertNotRegex(dynamic, r"R(UN)?PATH")
        symbols = self.shown("--dyn-syms")
        self.assertIn("__stack_chk_fail", symbols)
        if "HERALD_UNFORTIFIED" not in os.environ:
            self.assertRegex(symbols, r"\b__\w+_chk@", "fortified")

    # The property of the whole binary is no measure: the C library's own start-up code is built without.
    @unittest.skipUnless(platform.machine() in INDIRECT_TARGET, "the architecture has no such instruction")
    def test_lets_indirect_jumps_land_only_where_functions_begin(self):
        code = self.code("--disassemble=main")
        self.assertRegex(code, r"<main>:\n.*\b(%s)\b" % INDIRECT_TARGET[platform.machine()])

    @unittest.skipUnless(platform.machine() == "x86_64", "what a probe of the stack looks like is known of x86-64 only")
    def test_touches_each_page_of_a_large_frame_in_turn(self):
        self.assertRegex(self.code("--disassemble"), r"sub +\$0x1000,%rsp\n.*\b(or|mov)q +\$0x0,\(%rsp\)")

    def code(self, what):
        command = ["objdump", "--no-show-raw-insn", what, BINARY]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    unittest.main()
