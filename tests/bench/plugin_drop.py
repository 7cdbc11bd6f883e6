"""How long it takes from a plugin file's arrival in the folder to the first message through it.

Each round takes the provider away, waits until it is gone, drops it in again, and sends as soon as a message is taken.
The time goes from the rename into the folder to the sending, less the quiet that the host waits for; none of the
rounds is to take more than 250 ms.
"""

import argparse
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "support"), os.path.join(HERE, "..", "scenario")]

from clients import Clients, percentile, print_table  # noqa: E402
from eventually import eventually  # noqa: E402
from herald_host import HeraldHost  # noqa: E402
from recorder import RecorderFolder  # noqa: E402

FIRST = 101
QUIET_MS = 200
MOST_MS = 250
MESSAGE = {"from": "shop@example.com", "to": "jo@example.org", "subject": "Order", "body": "<p>Thank you</p>"}


def dispatched_after(host, folder, version):
    """Drops the version in; seconds until it has sent its first message."""
    connection = host.connect()
    dropped_at = folder.drop(version)
    eventually(lambda: host.call("POST", "/api/messages/email", MESSAGE, connection=connection)[0] == 202, 60,
               pause_s=0.002)
    connection.close()
    if not eventually(lambda: folder.last_version() == version, 60, pause_s=0.005):
        raise RuntimeError(f"version {version} sent nothing; the host's log:\n{host.raw_log()}")
    return next(sent.at_s for sent in folder.sent() if sent.version == version) - dropped_at


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--recorder", required=True, help="the plugin that writes down what it sends: recorder.so")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--no-verdict", action="store_true", help="a short run, which proves only that this runs")
    arguments = parser.parse_args()
    took_ms = []
    with RecorderFolder(arguments.recorder) as folder, HeraldHost(arguments.herald, folder.environment) as host:
        clients = Clients(host)
        for version in range(FIRST, FIRST + arguments.rounds):
            took_ms.append(dispatched_after(host, folder, version) * 1000 - QUIET_MS)
            folder.take_away()
            if not eventually(lambda: not clients.read("/api/providers")["items"], 60):
                raise RuntimeError("the provider does not go; the host's log:\n" + host.raw_log())
    print(f"file dropped to its first message, less {QUIET_MS} ms of quiet, {arguments.rounds} rounds, in ms:")
    print_table(["p50", "p95", "max"], [[f"{percentile(took_ms, share):.0f}" for share in (0.5, 0.95, 1.0)]], texts=0)
    good = max(took_ms) <= MOST_MS
    print(f"{'good ' if good else 'SHORT'} the slowest round took {max(took_ms):.0f} ms; at most {MOST_MS}")
    return 0 if good or arguments.no_verdict else 1


if __name__ == "__main__":
    sys.exit(main())
