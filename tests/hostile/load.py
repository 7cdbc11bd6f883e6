"""Runs open_loop against a host, and says what was judged of it."""

import json
import os
import subprocess


class Load:
    """`binary`: the program open_loop. Ids of all that was accepted gather in `ids`."""

    def __init__(self, binary, host):
        self.binary, self.host = binary, host
        self.ids = set()

    def run(self, rate, seconds, connections, first=None):
        """What open_loop prints, with `good`: accepted messages in a second. `rate` 0: as fast as they are answered."""
        ids_file = os.path.join(self.host.folder, "ids")
        distinct = [] if first is None else [str(first)]
        done = subprocess.run(
            [self.binary, str(self.host.port), str(rate), str(seconds), str(connections), ids_file, *distinct],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        told = json.loads(done.stdout)
        with open(ids_file, encoding="ascii") as file:
            self.ids.update(file.read().split())
        told["good"] = answers(told, 202)["count"] / told["seconds"]
        return told

    def missing(self):
        """How many accepted messages the host's list does not have."""
        missing = set(self.ids)
        connection = self.host.connect()
        path = "/api/messages?limit=100"
        while True:
            page = self.host.read_json(path, connection)
            missing.difference_update(item["id"] for item in page["items"])
            if not page["meta"]["next_cursor"]:
                return len(missing)
            path = f"/api/messages?limit=100&cursor={page['meta']['next_cursor']}"


def answers(told, status):
    return told["answers"].get(str(status), {"count": 0, "p50_ms": 0.0, "p99_ms": 0.0, "max_ms": 0.0,
                                             "sent_p50_ms": 0.0, "sent_p99_ms": 0.0, "without_retry_after": 0})


def judge(lines, verdict):
    """Prints (text, good) lines; the exit code."""
    good = True
    for text, held in lines:
        good = good and held
        print(f"{'held' if held else 'NOT '}  {text}" if verdict else f"      {text}")
    return 0 if good or not verdict else 1
