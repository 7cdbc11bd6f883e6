"""A provider is upgraded again and again while clients send through it: nothing is lost, and nothing is sent twice.

The provider writes down what it sends. Fails when a message is refused, does not end as dispatched, needs a second
attempt, or was sent not once; when a version does not take over, or one that is replaced does not end.
"""

import argparse
import collections
import itertools
import sys
import threading
import time

from clients import Clients, eventually, percentile, print_table
from herald_host import HeraldHost
from recorder import RecorderFolder

FIRST = 101
CLIENTS = 4
PAUSE_S = 0.005  # of a client between two messages
QUIET_MS = 200  # without a change in the folder before the host looks at it
SETTINGS = {"API_WORKER_BACKOFF_BASE_MS": "50", "API_LOG_LEVEL": "info"}
MESSAGE = {"from": "shop@example.com", "to": "jo@example.org", "subject": "Order", "body": "<p>Thank you</p>"}
SLOW = {**MESSAGE, "body": "slow"}  # takes two seconds, so that versions are replaced while they send
SLOW_EACH = 100


class Upgrades(Clients):
    def __init__(self, host, folder):
        super().__init__(host)
        self.folder = folder
        self.ids = []
        self.ending = threading.Event()
        self.dropped_at = {}

    def send_until_told(self):
        connection = self.host.connect()
        for number in itertools.count():
            if self.ending.is_set():
                break
            try:
                message_id = self.accept(connection, "/api/messages/email", MESSAGE if number % SLOW_EACH else SLOW)
            except OSError as error:
                self.fault(f"a client: {type(error).__name__}: {error}")
                return
            if message_id is not None:
                with self.lock:
                    self.ids.append(message_id)
            self.ending.wait(PAUSE_S)
        connection.close()

    def version(self):
        return (self.read("/api/providers/recorder") or {}).get("version")

    def upgrade_to(self, version):
        self.dropped_at[version] = self.folder.drop(version)
        if not eventually(lambda: self.version() == f"{version}.0.0", within_s=60):
            self.fault(f"version {version} does not take over: {self.version()} runs")
        # Until it has sent something: each version is to be in the middle of its work when the next one comes.
        if not eventually(lambda: self.folder.last_version() == version, within_s=60):
            self.fault(f"version {version} sends nothing")

    def check(self):
        messages = self.settled(self.ids, within_s=120, statuses=("dispatched",))
        for message_id, message in messages.items():
            if len(message["attempts"]) != 1:
                self.fault(f"{message_id}: {len(message['attempts'])} attempts, 1 expected: {message['attempts']}")
        times = collections.Counter(sent.token for sent in self.folder.sent())
        for message_id in self.ids:
            if times[message_id] != 1:
                self.fault(f"{message_id}: sent {times[message_id]} times, 1 expected")

    def check_log(self, upgrades):
        for event in ("provider.upgraded", "provider.stopped"):
            if not eventually(lambda wanted=event: len(self.host.log_of(wanted)) >= upgrades, within_s=60):
                self.fault(f"{len(self.host.log_of(event))} lines {event}, {upgrades} expected")
        for event in ("provider.refused", "provider.abandoned", "provider.not_drained", "delivery.provider_missing"):
            if self.host.log_of(event):
                self.fault(f"{event}: {self.host.log_of(event)[0]}")

    def show(self):
        first = {}
        for sent in self.folder.sent():
            first.setdefault(sent.version, sent.at_s)
        took = [(first[version] - at) * 1000 - QUIET_MS for version, at in self.dropped_at.items() if version in first]
        print(f"{len(self.ids)} messages, {len(self.dropped_at)} upgrades; from the file's rename to the first message "
              f"through it, less the {QUIET_MS} ms of quiet, in ms:")
        print_table(["p50", "p95", "max"], [[f"{percentile(took, share):.0f}" for share in (0.5, 0.95, 1.0)]], texts=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--recorder", required=True, help="the plugin that writes down what it sends: recorder.so")
    parser.add_argument("--upgrades", type=int, default=50)
    arguments = parser.parse_args()
    with RecorderFolder(arguments.recorder) as folder:
        folder.drop(FIRST)
        with HeraldHost(arguments.herald, {**SETTINGS, **folder.environment}) as host:
            upgrades = Upgrades(host, folder)
            clients = [threading.Thread(target=upgrades.send_until_told) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            if not eventually(lambda: folder.last_version() == FIRST, within_s=60):
                upgrades.fault("the first version sends nothing")
            began = time.monotonic()
            for version in range(FIRST + 1, FIRST + 1 + arguments.upgrades):
                upgrades.upgrade_to(version)
            took_s = time.monotonic() - began
            upgrades.ending.set()
            for client in clients:
                client.join()
            upgrades.check()
            upgrades.check_log(arguments.upgrades)
            upgrades.show()
            return upgrades.finish(f"{arguments.upgrades} upgrades in {took_s:.1f} s: nothing lost, nothing sent twice")


if __name__ == "__main__":
    sys.exit(main())
