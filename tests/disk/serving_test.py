"""The real host on a disk that refuses while it serves, and takes writes again later.

What refuses stands below the host, between it and the kernel: the binary is the one that is shipped, SQLite's own file
layer is under test too, and every errno comes as the kernel would give it.
"""

import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from eventually import eventually  # noqa: E402
from failing_disk import FailingDisk  # noqa: E402
from herald_host import PATIENCE_S, HeraldHost  # noqa: E402

HERALD, SHIM = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
CLIENTS = 4
REFUSED_PER_CLIENT = 25

# What the kernel answers, by what has happened.
FAULTS = {
    "full": {"write": errno.ENOSPC, "part": True},
    "failed write": {"write": errno.EIO},
    "failed sync": {"sync": errno.EIO},
    "quota": {"write": errno.EDQUOT, "part": True},
    "read-only": {"write": errno.EROFS, "open_": errno.EROFS, "sync": errno.EROFS},
}


class Served:
    """A host with its data in a folder that outlives it, and what it has acknowledged."""

    def __init__(self, folder, disk):
        self.data = os.path.join(folder, "data")
        self.disk = disk
        self.acknowledged = {}  # id to body
        self.host = None

    def start(self):
        self.host = HeraldHost(HERALD, {"API_DATA_DIR": self.data, **self.disk.environment})
        self.host.__enter__()
        self.become_ready()

    def kill(self):
        self.host._process.send_signal(signal.SIGKILL)
        self.host.__exit__()

    def ready(self):
        return self.host.call("GET", "/readyz")

    def become_ready(self):
        assert eventually(lambda: self.ready()[0] == 200, PATIENCE_S), "the host does not become ready"

    def send(self, body, to="+12025550142", key=None, connection=None):
        """(status, headers, answer); what was acknowledged is kept in mind."""
        headers = {"Idempotency-Key": key} if key else {}
        fields = {"from": "+12025550123", "to": to, "type": "sms", "body": body}
        status, answered, payload = self.host.call("POST", "/api/messages/sms", fields, headers, connection)
        answer = json.loads(payload)
        if status == 202:
            self.acknowledged[answer["id"]] = body
        return status, answered, answer

    def lost(self):
        """What was acknowledged and is not there as it was sent."""
        lost = []
        for message, body in self.acknowledged.items():
            status, _, payload = self.host.call("GET", "/api/messages/" + message)
            if status != 200 or json.loads(payload)["body"] != body:
                lost.append((message, status))
        return lost

    def unsettled(self):
        return [message for message in self.acknowledged
                if json.loads(self.host.call("GET", "/api/messages/" + message)[2])["status"]
                in ("pending", "dispatching")]

    def sent_to(self, address):
        payload = self.host.call("GET", "/api/messages?to=" + address.replace("+", "%2B"))[2]
        return json.loads(payload)


class Shim(unittest.TestCase):
    """That what refuses does so, and counts: the tests below stand on it."""

    def ends(self, deeds, **fault):
        """Runs Python under it in a folder of its own; the exit code is the errno that it met."""
        with tempfile.TemporaryDirectory(prefix="herald-test-") as folder, \
                FailingDisk(SHIM, folder, os.path.join(folder, "orders")) as disk:
            disk.refuse(**fault)
            program = "import os, sys\nfd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n" \
                      f"try:\n  {deeds}\nexcept OSError as error:\n  sys.exit(error.errno)\n"
            ended = subprocess.run([sys.executable, "-c", program, os.path.join(folder, "file")],
                                   env={**os.environ, **disk.environment}, check=False)
            return ended.returncode, disk.repeated_syncs()

    def test_works_without_orders(self):
        self.assertEqual(self.ends("os.pwrite(fd, b'a', 0); os.fdatasync(fd); os.fdatasync(fd)"), (0, 0))

    def test_refuses_what_it_is_told_to(self):
        self.assertEqual(self.ends("os.pwrite(fd, b'a', 0)", write=errno.ENOSPC), (errno.ENOSPC, 0))
        self.assertEqual(self.ends("os.fdatasync(fd)", sync=errno.EIO), (errno.EIO, 0))
        self.assertEqual(self.ends("os.ftruncate(fd, 0)", write=errno.EROFS), (errno.EROFS, 0))

    def test_counts_a_failed_sync_that_is_called_again(self):
        sync = "sync = __import__('ctypes').CDLL(None).fdatasync; "  # answers an error instead of raising it
        self.assertEqual(self.ends(sync + "sync(fd); sync(fd)", sync=errno.EIO), (0, 1))
        self.assertEqual(self.ends(sync + "sync(fd); os.pwrite(fd, b'a', 0); sync(fd)", sync=errno.EIO), (0, 0))


class Serving(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="herald-test-")
        self.addCleanup(folder.cleanup)
        self.disk = FailingDisk(SHIM, folder.name, os.path.join(folder.name, "orders"))
        self.addCleanup(self.disk.__exit__)
        self.served = Served(folder.name, self.disk)
        self.served.start()
        self.addCleanup(lambda: self.served.host.__exit__())

    def refuse_clients(self):
        """Clients send while the disk refuses: every one gets 503, with when to come again."""
        wrong = []

        def client(number):
            connection = self.served.host.connect()
            for count in range(REFUSED_PER_CLIENT):
                status, headers, answer = self.served.send(f"refused {number} {count}", connection=connection)
                if status != 503 or not headers.get("retry-after", "").isdigit() \
                        or headers["content-type"] != "application/problem+json" or "code" not in answer:
                    wrong.append((status, headers, answer))
            connection.close()

        clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
        for one in clients:
            one.start()
        for one in clients:
            one.join()
        self.assertEqual(wrong, [])

    def is_told_as_unready(self):
        status, _, payload = self.served.ready()
        return status == 503 and "store_unavailable" in payload.decode()

    def goes_through(self, fault):
        for count in range(20):
            self.assertEqual(self.served.send(f"before {count}")[0], 202)
        self.disk.refuse(**fault)
        self.refuse_clients()
        self.assertTrue(eventually(self.is_told_as_unready, PATIENCE_S))
        self.assertGreater(self.disk.refused(), 0)
        self.assertEqual(self.served.lost(), [], "reading goes on")

        self.disk.heal()
        self.served.become_ready()
        for count in range(20):
            self.assertEqual(self.served.send(f"between {count}")[0], 202)
        self.assertEqual(self.served.lost(), [])

        address, key = "+12025550199", "asked-twice"
        self.disk.refuse(**fault)
        self.assertEqual(self.served.send("keyed", address, key)[0], 503)
        self.served.kill()
        self.disk.heal()
        self.served.start()
        self.assertEqual(self.served.lost(), [])
        self.assertEqual(self.served.send("keyed", address, key)[0], 202)
        self.assertEqual(self.served.send("keyed", address, key)[0], 202)
        found = self.served.sent_to(address)
        self.assertEqual(len(found["items"]), 1, "one message under one key, whatever became of the refused one")
        self.assertTrue(eventually(lambda: not self.served.unsettled(), PATIENCE_S), "some message is stuck")
        self.assertEqual(self.disk.repeated_syncs(), 0, "a failed sync was called again")

    def test_a_full_disk(self):
        self.goes_through(FAULTS["full"])

    def test_a_quota_that_is_used_up(self):
        self.goes_through(FAULTS["quota"])

    def test_writes_that_fail(self):
        self.goes_through(FAULTS["failed write"])

    def test_syncs_that_fail(self):
        self.goes_through(FAULTS["failed sync"])

    def test_a_disk_that_turns_read_only(self):
        self.goes_through(FAULTS["read-only"])

    def test_a_disk_that_hangs(self):
        self.disk.hold_syncs()
        answers = []
        client = threading.Thread(target=lambda: answers.append(self.served.send("held up")[0]))
        client.start()
        self.assertTrue(eventually(self.is_told_as_unready, PATIENCE_S))
        self.assertEqual(answers, [], "nothing is answered for before it is on disk")
        self.disk.heal()
        client.join()
        self.assertEqual(answers, [202])
        self.served.become_ready()
        self.served.kill()
        self.served.start()
        self.assertEqual(self.served.lost(), [])

    def test_a_start_is_refused_while_the_disk_refuses(self):
        self.assertEqual(self.served.send("kept")[0], 202)
        self.served.kill()
        for name, fault in FAULTS.items():
            with self.subTest(name):
                self.disk.refuse(**fault)
                environment = {"PATH": os.environ["PATH"], "API_PORT": "0", "API_DATA_DIR": self.served.data,
                               **self.disk.environment}
                ended = subprocess.run([HERALD, "serve"], env=environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S,
                                       check=False)
                self.assertEqual(ended.returncode, 1, ended.stdout)
                self.assertIn(self.served.data.encode(), ended.stdout)
        self.disk.heal()
        self.served.start()
        self.assertEqual(self.served.lost(), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
