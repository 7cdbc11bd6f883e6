"""The real host on data that was damaged: it refuses to start, says what it found, what it expected and the cure, and
leaves every file as it is. Then the cure, as the host tells it, brings the messages back."""

import contextlib
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from herald_host import PATIENCE_S, HeraldHost  # noqa: E402

HERALD = os.path.abspath(sys.argv[1])
PAGE, FRAME, LOG_HEADER = 4096, 24 + 4096, 32
MESSAGES = 60
BACKED_UP = 40  # of them


class Data:
    """A data folder, and what is done to its files."""

    def __init__(self, folder):
        self.folder = folder
        self.database = os.path.join(folder, "herald.db")
        self.log = self.database + "-wal"
        self.index = self.database + "-shm"

    def bytes(self, path):
        with open(path, "rb") as file:
            return file.read()

    def patch(self, path, at, patched):
        with open(path, "r+b") as file:
            file.seek(at)
            file.write(patched)

    def flip(self, path, at):
        self.patch(path, at, bytes([self.bytes(path)[at] ^ 0x20]))

    def cut(self, path, size):
        os.truncate(path, size)

    def frames(self):
        return (os.path.getsize(self.log) - LOG_HEADER) // FRAME

    def page_of(self, text):
        """The number of the page that holds this text, from 0."""
        return self.bytes(self.database).index(text.encode()) // PAGE

    def snapshot(self):
        """The database's files."""
        return {path: self.bytes(path) for path in (self.database, self.log, self.index) if os.path.exists(path)}


# What is done to a stopped host's database or a killed host's log, and what the host must say of it.
DATABASE = {
    "cut in half": (lambda data: data.cut(data.database, os.path.getsize(data.database) // 2), "malformed"),
    "cut within a page": (lambda data: data.cut(data.database, 3 * PAGE + 100), "malformed"),
    "a damaged magic string": (lambda data: data.patch(data.database, 0, b"SQL format"), "not a database"),
    "a damaged page size": (lambda data: data.patch(data.database, 16, b"\x13\x37"), "not a database"),
    "a damaged schema": (lambda data: data.patch(data.database, 100, b"\x77" * 400), "malformed"),
    "damaged pages": (lambda data: data.patch(data.database, PAGE, b"\x5A" * 20 * PAGE), "malformed"),
    "another file": (lambda data: data.patch(data.database, 0, b"%PDF-1.7 " * 10_000), "not a database"),
    "a newer schema": (lambda data: data.patch(data.database, 60, struct.pack(">I", 99)),
                       "found schema version 99, this build reads versions up to"),
    "another application's": (lambda data: data.patch(data.database, 68, struct.pack(">I", 7)),
                              "another application (application_id 7), expected Herald's own"),
}
LOG = {
    "cut": (lambda data: data.cut(data.log, LOG_HEADER + FRAME * (data.frames() // 2) + 99), "whole up to frame"),
    "cut by its last frame": (lambda data: data.cut(data.log, LOG_HEADER + FRAME * (data.frames() - 1)),
                              "whole up to frame"),
    "a damaged frame": (lambda data: data.flip(data.log, LOG_HEADER + FRAME * 3 + 77), "frame 4 of"),
    "a damaged frame, its index lost": (
        lambda data: (data.flip(data.log, LOG_HEADER + FRAME * 3 + 77), os.remove(data.index)), "frame 4 of"),
    "a damaged header": (lambda data: data.flip(data.log, 18), "damaged header in"),
    "removed beside its index": (lambda data: os.remove(data.log), "expected the log of"),
    "without its database": (lambda data: os.remove(data.database), "the database was taken away from its log"),
}


class Damage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="herald-test-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.killed = os.path.join(cls.scratch.name, "killed")
        cls.stopped = os.path.join(cls.scratch.name, "stopped")
        cls.backup = os.path.join(cls.scratch.name, "backup.db")
        cls.sent = {}
        live = os.path.join(cls.scratch.name, "live")
        with cls.host(live) as host:
            for number in range(MESSAGES):
                if number == BACKED_UP:
                    subprocess.run([HERALD, "backup", cls.backup, "--data-dir", live], check=True, timeout=PATIENCE_S,
                                   stdout=subprocess.DEVNULL)
                cls.send(host, f"body {number:04}")
            host.kill()
            shutil.copytree(live, cls.killed)
        with cls.host(live) as host:
            assert host.terminate() == 0
            shutil.copytree(live, cls.stopped)

    @classmethod
    def send(cls, host, body):
        fields = {"from": "+12025550123", "to": "+12025550142", "type": "sms", "body": body + " " + "x" * 900}
        status, _, answer = host.call("POST", "/api/messages/sms", fields)
        assert status == 202, answer
        cls.sent[json.loads(answer)["id"]] = fields["body"]

    @staticmethod
    def host(folder):
        return HeraldHost(HERALD, {"API_DATA_DIR": folder, "API_DISPATCH": "off"})

    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="herald-test-")
        self.addCleanup(self.place.cleanup)

    def copy_of(self, template):
        folder = os.path.join(tempfile.mkdtemp(dir=self.place.name), "data")
        shutil.copytree(template, folder)
        return Data(folder)

    def refusal(self, data):
        """What the host says as it refuses to start; its files are as they were."""
        before = data.snapshot()
        environment = {"PATH": os.environ["PATH"], "API_PORT": "0", "API_DATA_DIR": data.folder}
        ended = subprocess.run([HERALD, "serve"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False)
        said = ended.stdout.decode()
        self.assertEqual(ended.returncode, 1, said)
        self.assertNotIn("herald.ready", said)
        self.assertIn(data.database, said)
        self.assertEqual(data.snapshot(), before, "every file is left as it is")
        return said

    def bodies(self, host):
        """By id, of those that are found."""
        found = {}
        for message in self.sent:
            status, _, payload = host.call("GET", "/api/messages/" + message)
            if status == 200:
                found[message] = json.loads(payload)["body"]
        return found

    def test_sound_data_is_started_from(self):
        for template in (self.stopped, self.killed):
            with self.host(self.copy_of(template).folder) as host:
                self.assertEqual(self.bodies(host), self.sent)

    def test_a_damaged_database_is_refused(self):
        for name, (damage, expected) in DATABASE.items():
            with self.subTest(name):
                data = self.copy_of(self.stopped)
                damage(data)
                for _ in range(2):  # a second start is no less careful
                    said = self.refusal(data)
                    self.assertIn(expected, said)
                    if name != "another application's":
                        self.assertIn("herald backup --help", said)
                    damaged = name not in ("a newer schema", "another application's")
                    self.assertEqual("The database is damaged" in said, damaged, said)

    def test_a_log_that_lost_something_is_refused(self):
        for name, (damage, expected) in LOG.items():
            with self.subTest(name):
                data = self.copy_of(self.killed)
                damage(data)
                for _ in range(2):
                    said = self.refusal(data)
                    self.assertIn(expected, said)
                    if name != "without its database":
                        self.assertIn("herald backup --help", said)

    def test_the_backup_is_the_cure(self):
        data = self.copy_of(self.stopped)
        DATABASE["cut in half"][0](data)
        self.refusal(data)
        restored = tempfile.mkdtemp(dir=self.place.name)
        shutil.copy(self.backup, os.path.join(restored, "herald.db"))
        with self.host(restored) as host:
            self.assertEqual(self.bodies(host), dict(list(self.sent.items())[:BACKED_UP]))
            self.assertEqual(host.call("GET", "/readyz")[0], 200)

    def test_what_is_left_of_a_log_can_be_gone_on_with(self):
        data = self.copy_of(self.killed)
        data.flip(data.log, LOG_HEADER + FRAME * (data.frames() // 2) + 77)
        said = self.refusal(data)
        told = "SELECT count(*) FROM message; PRAGMA wal_checkpoint"
        self.assertIn(f"sqlite3 {data.database} '{told}'", said)
        with contextlib.closing(sqlite3.connect(data.database)) as opened:
            for statement in told.split("; "):
                opened.execute(statement).fetchone()
        with self.host(data.folder) as host:
            left = self.bodies(host)
        self.assertEqual(left, dict(list(self.sent.items())[:len(left)]), "the oldest, and none of them wrong")
        self.assertTrue(0 < len(left) < MESSAGES)

    def test_a_damaged_page_costs_what_stands_on_it_and_nothing_else(self):
        data = self.copy_of(self.stopped)
        message, body = list(self.sent.items())[MESSAGES // 2]
        data.patch(data.database, data.page_of(body[:9]) * PAGE, b"\x77" * PAGE)
        with self.host(data.folder) as host:
            status, _, payload = host.call("GET", "/api/messages/" + message)
            self.assertEqual(status, 500, "neither missing nor shown as something else")
            self.assertEqual(json.loads(payload)["status"], 500)
            found = self.bodies(host)
        self.assertEqual(found, {one: self.sent[one] for one in found})
        self.assertTrue(MESSAGES - 10 < len(found) < MESSAGES)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
