"""The real binary on a data folder that outlives it, with what the kernel and the counters tell of it."""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "scenario")]

from herald_host import HeraldHost  # noqa: E402

MIB = 1 << 20
BACKLOG_PROVIDER = "sms-mms"  # of what fill() puts into a queue


class MeasuredHost(HeraldHost):
    """`data`: its data folder, which stays when the host has gone."""

    def __init__(self, binary, data, environment=None):
        super().__init__(binary, {"API_DATA_DIR": data, **(environment or {})})
        self.data = data

    def memory(self):
        """Resident bytes: now, and at most so far."""
        with open(f"/proc/{self._process.pid}/status", encoding="ascii") as file:
            text = file.read()
        return tuple(int(re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE).group(1)) * 1024
                     for name in ("VmRSS", "VmHWM"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self._process.pid}/task"))

    def file_bytes(self, name):
        """Of a file in the data folder; 0 without it."""
        try:
            return os.path.getsize(os.path.join(self.data, name))
        except FileNotFoundError:
            return 0

    def counters(self, connection=None):
        return self.read_json("/metrics", connection)

    def providers(self, connection=None):
        return {item["name"]: item for item in self.read_json("/api/providers", connection)["items"]}

    def read_json(self, path, connection=None):
        status, _, body = self.call("GET", path, headers={"Accept": "application/json"}, connection=connection)
        if status != 200:
            raise RuntimeError(f"GET {path}: answered {status}: {body[:300]!r}")
        return json.loads(body)


def fill(queue_fill, data, count):
    """`count` pending messages for BACKLOG_PROVIDER in a data folder on which no host runs."""
    subprocess.run([os.path.abspath(queue_fill), data, str(count), BACKLOG_PROVIDER], check=True)
