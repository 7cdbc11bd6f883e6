"""What the scenarios share: clients on kept-alive connections, a list of faults, tables, and how a run ends."""

import collections
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from eventually import eventually  # noqa: E402

CLIENTS = 4
SHOWN_FAULTS = 20
SETTLED = ("dispatched", "delivered", "failed", "expired", "cancelled")


class Clients:
    """Several clients of one host. Shared by their threads; `faults` under the lock."""

    def __init__(self, host):
        self.host = host
        self.lock = threading.Lock()
        self.faults = []
        self.accept_ms = []  # from each send to its 202

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def in_parallel(self, items, work, clients=CLIENTS):
        """work(connection, item) for every item; the order of items holds for one client alone."""
        waiting = collections.deque(items)

        def client():
            connection = self.host.connect()
            while True:
                try:
                    item = waiting.popleft()
                except IndexError:
                    return connection.close()
                try:
                    work(connection, item)
                except (OSError, ValueError, KeyError, TypeError) as error:
                    self.fault(f"{getattr(item, 'id', item)!s:.80}: {type(error).__name__}: {error}")
                    connection.close()

        threads = [threading.Thread(target=client, name=f"client-{i}") for i in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def accept(self, connection, path, fields, headers=None):
        """Posts, expects a 202, and returns the id; None, and a fault, for anything else."""
        payload = fields if isinstance(fields, bytes) else json.dumps(fields).encode("utf-8")
        sent = {"Content-Type": "application/json", **(headers or {})}
        began = time.monotonic()
        status, answered, body = self.host.call("POST", path, payload, sent, connection)
        took_ms = (time.monotonic() - began) * 1000
        if status != 202:
            self.fault(f"{path}: answered {status}: {body[:300]!r}")
            return None
        answer = json.loads(body)
        if answer.get("status") != "accepted" or answered.get("location") != f"/api/messages/{answer['id']}":
            self.fault(f"{path}: accepted as {answer}, Location {answered.get('location')}")
        with self.lock:
            self.accept_ms.append(took_ms)
        return answer["id"]

    def read(self, path, connection=None):
        """A document; None, and a fault, when the answer is not 200."""
        status, _, body = self.host.call("GET", path, headers={"Accept": "application/json"}, connection=connection)
        if status == 200:
            return json.loads(body)
        self.fault(f"{path}: answered {status}: {body[:300]!r}")
        return None

    def put(self, path, document):
        status, _, body = self.host.call("PUT", path, document)
        if status != 200:
            self.fault(f"PUT {path}: answered {status}: {body[:300]!r}")

    def settled(self, ids, within_s, statuses=SETTLED):
        """The messages by id once all have one of these statuses; a fault for each that has not in time."""
        found = {}

        def look_up(connection, message_id):
            message = self.read(f"/api/messages/{message_id}", connection)
            if message and message["status"] in statuses:
                with self.lock:
                    found[message_id] = message

        def all_settled():
            self.in_parallel([i for i in ids if i not in found], look_up)
            return len(found) == len(set(ids)) or len(self.faults) > len(ids)

        eventually(all_settled, within_s, pause_s=0.2)
        for message_id in ids:
            if message_id not in found:
                self.fault(f"{message_id}: not {' or '.join(statuses)} within {within_s} s")
        return found

    def finish(self, promise):
        """Ends the host, tells of every fault, and answers the exit code."""
        code = self.host.terminate()
        if code != 0:
            self.fault(f"the host ended with {code} on SIGTERM; its log's end:\n{self.host.raw_log()[-2000:]}")
        return conclude(self.faults, promise)


def conclude(faults, promise):
    for fault in faults[:SHOWN_FAULTS]:
        print("FAULT " + fault)
    if faults:
        print(f"{len(faults)} faults")
        return 1
    print(promise)
    return 0


def percentile(values, share):
    """The value below or at which `share` (0 to 1) of them lie; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def print_table(headings, rows, texts=1):
    """The first `texts` columns to the left, the others to the right."""
    widths = [max(len(str(row[i])) for row in [headings] + rows) for i in range(len(headings))]
    for row in [headings] + rows:
        cells = [str(cell).ljust(width) if i < texts else str(cell).rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())
