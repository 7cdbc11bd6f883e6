"""`herald backup` on a disk that refuses one call, whichever: what is told as done is whole, the rest leaves none."""

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from failing_disk import FailingDisk  # noqa: E402
from herald_host import PATIENCE_S, HeraldHost  # noqa: E402

HERALD, SHIM = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
LARGE, SMALL = 90, 20  # messages; the large ones make the copy long enough for syncs on its way
PAGES = 197            # of the many writes and reads one in so many is refused


class FailingBackup(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """The data of a host that was killed: a database with its log."""
        cls.scratch = tempfile.TemporaryDirectory(prefix="herald-test-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.data = os.path.join(cls.scratch.name, "data")
        with HeraldHost(HERALD, {"API_DATA_DIR": cls.data, "API_DISPATCH": "off"}) as host:
            for number in range(LARGE + SMALL):
                mail = {"from": "a@example.com", "to": "b@example.com", "body": f"{number} " + "x" * 60_000}
                text = {"from": "+12025550123", "to": "+12025550142", "type": "sms", "body": str(number)}
                path, body = ("messages/email", mail) if number < LARGE else ("messages/sms", text)
                status, _, answer = host.call("POST", "/api/" + path, body)
                assert status == 202, answer

    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="herald-test-")
        self.addCleanup(self.place.cleanup)

    def back_up(self, folder, kind=None, number=0, error=0, refused_folder=None, force=False):
        """(exit status, what it said, calls by kind) of a backup into `folder`; one call there is refused."""
        with FailingDisk(SHIM, refused_folder or folder, os.path.join(self.place.name, "orders")) as disk:
            if kind:
                disk.refuse_one(kind, number, error)
            environment = {"PATH": os.environ["PATH"], **disk.environment}
            ended = subprocess.run(
                [HERALD, "backup", os.path.join(folder, "copy.db"), "--data-dir", self.data, *["--force"] * force],
                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=PATIENCE_S, check=False)
            self.assertEqual(disk.refused(), 1 if kind else 0, f"{kind} {number}")
            return ended.returncode, ended.stdout.decode(), disk.calls()

    def folder(self):
        return tempfile.mkdtemp(dir=self.place.name)

    def count_in(self, path):
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as copy:
            self.assertEqual(copy.execute("PRAGMA integrity_check").fetchone()[0], "ok")
            return copy.execute("SELECT count(*) FROM message").fetchone()[0]

    def each_call(self, kind, error, stride=1):
        folder = self.folder()
        status, said, calls = self.back_up(folder)
        self.assertEqual(status, 0, said)
        self.assertEqual(self.count_in(os.path.join(folder, "copy.db")), LARGE + SMALL)
        self.assertGreater(calls[kind], 0)
        for number in range(1, calls[kind] + 1, stride):
            with self.subTest(kind=kind, number=number, error=errno.errorcode[error]):
                folder = self.folder()
                status, said, _ = self.back_up(folder, kind, number, error)
                self.assertEqual(status, 1, said)
                self.assertIn(folder, said)
                # Its last step is the sync of the folder: what has its name by then is whole.
                for name in os.listdir(folder):
                    self.assertEqual((name, kind, number), ("copy.db", "sync", calls["sync"]))
                    self.assertEqual(self.count_in(os.path.join(folder, name)), LARGE + SMALL)

    def test_a_write_that_fails(self):
        self.each_call("write", errno.EIO, PAGES)

    def test_a_write_for_which_there_is_no_space(self):
        self.each_call("write", errno.ENOSPC, PAGES)

    def test_a_sync_that_fails(self):
        self.each_call("sync", errno.EIO)

    def test_an_open_that_fails(self):
        self.each_call("open", errno.EACCES)

    def test_a_rename_that_fails(self):
        self.each_call("rename", errno.EIO)

    def test_a_copy_that_cannot_be_read_again(self):
        self.each_call("read", errno.EIO, PAGES)

    def test_what_stands_there_stays_when_its_replacement_fails(self):
        folder = self.folder()
        copy = os.path.join(folder, "copy.db")
        with open(copy, "wb") as made:
            made.write(b"the one of last week")
        status, said, _ = self.back_up(folder, "sync", 1, errno.EIO, force=True)
        self.assertEqual(status, 1, said)
        with open(copy, "rb") as kept:
            self.assertEqual(kept.read(), b"the one of last week")
        self.assertEqual(os.listdir(folder), ["copy.db"])

    def test_a_database_that_cannot_be_read(self):
        for number in (1, 2, 5, 40, 200):
            with self.subTest(number):
                folder = self.folder()
                data = self.data
                self.data = os.path.join(self.place.name, f"data-{number}")
                shutil.copytree(data, self.data)
                try:
                    status, said, _ = self.back_up(folder, "read", number, errno.EIO, self.data)
                    self.assertEqual(status, 1, said)
                    self.assertIn(os.path.join(self.data, "herald.db"), said)
                    self.assertEqual(os.listdir(folder), [])
                    self.assertEqual(self.back_up(folder)[0], 0, "once it can be read again")
                finally:
                    self.data = data


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
