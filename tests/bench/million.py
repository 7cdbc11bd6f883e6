"""A queue of one million messages: memory, how soon the host is ready, how soon it sends, and how fast it drains.

The queue is filled through the store's own code, not through REST, which would take many minutes (queue_fill.cpp says
with which mix of keys). What its length costs is told by two ratios, both within one run, so that the machine's mood is
in both of their sides: the first messages after a start out of the long queue against as many out of a queue that holds
no more than these, in a data folder of its own, before and after; and the whole drain against its own last tenth, when
the queue is all but empty and the store is the same.
"""

import argparse
import os
import sys
import tempfile
import time

from measured_host import BACKLOG_PROVIDER, MIB, MeasuredHost, fill

from clients import conclude, eventually, print_table  # noqa: E402 (found by measured_host's path)

POLL_S = 0.01
FIRST_POLL_S = 0.002
MOST_MEMORY = 512 * MIB
MOST_READY_S = 5.0
MOST_FIRST_SEND_S = 1.0
LEAST_SHARE = 0.9
PATIENCE_S = 1800


class Drain:
    """One start of the host on a queue, and what it took to empty it."""

    def __init__(self, binary, queue_fill, folder, count):
        self.count = count
        self.moments = []  # (seconds since it was ready, messages sent by then)
        data = os.path.join(folder, f"queue-{time.monotonic_ns()}")
        fill(queue_fill, data, count)
        host = MeasuredHost(binary, data)
        began = time.monotonic()
        with host:
            ready = time.monotonic()
            self.ready_s = ready - began
            self.link = host.connect()
            self.ready = host.call("GET", "/readyz", connection=self.link)[0] == 200
            self.memory_at_start = host.memory()[1]
            eventually(lambda: self.sent(host) > 0, PATIENCE_S, FIRST_POLL_S)
            self.first_s = time.monotonic() - ready
            self.follow(host, ready)
            self.memory = host.memory()[1]
            self.settled = self.sent(host) == count
            self.code = host.terminate()

    def sent(self, host):
        return host.counters(self.link)[f"provider_{BACKLOG_PROVIDER.replace('-', '_')}_success"]

    def follow(self, host, ready):
        self.moments.append((0.0, 0))
        while self.moments[-1][1] < self.count and self.moments[-1][0] < PATIENCE_S:
            time.sleep(POLL_S)  # tidy: sleeps because it samples
            sent = self.sent(host)
            self.moments.append((time.monotonic() - ready, sent))

    def rate(self, first, last):
        """Messages a second from the first-th to the last-th."""
        since, before = next(moment for moment in self.moments if moment[1] >= first)
        until, after = next((moment for moment in self.moments if moment[1] >= last), self.moments[-1])
        return (after - before) / (until - since) if until > since else 0.0

    def all(self):
        return self.rate(0, self.count)

    def last_tenth(self):
        return self.rate(self.count * 9 // 10, self.count)

    def row(self, name, short):
        return [name, self.count, f"{self.ready_s:.2f}", f"{self.first_s:.3f}", f"{self.memory_at_start / MIB:.0f}",
                f"{self.memory / MIB:.0f}",
                f"{self.rate(0, short):.0f}", f"{self.last_tenth():.0f}", f"{self.all():.0f}"]


def judge(long, short):
    """Each line of the verdict, and whether it is good."""
    count = short[0].count
    speed = sum(drain.all() for drain in short) / len(short)
    begins = long.rate(0, count) / speed if speed else 0.0
    goes_on = long.all() / long.last_tenth() if long.last_tenth() else 0.0
    return [
        (f"memory {long.memory / MIB:.0f} MiB, under {MOST_MEMORY / MIB:.0f} wanted", long.memory < MOST_MEMORY),
        (f"ready {long.ready_s:.2f} s after its start, {MOST_READY_S:.0f} allowed", long.ready_s <= MOST_READY_S),
        (f"first message committed as sent {long.first_s:.3f} s after it was ready, {MOST_FIRST_SEND_S:.0f} allowed",
         long.first_s <= MOST_FIRST_SEND_S),
        (f"the first {count} messages go at {begins:.0%} of the speed of a queue of {count}, "
         f"{LEAST_SHARE:.0%} wanted", begins >= LEAST_SHARE),
        (f"all go at {goes_on:.0%} of the speed at the queue's end, {LEAST_SHARE:.0%} wanted", goes_on >= LEAST_SHARE),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--fill", required=True, help="the program queue_fill")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--short", type=int, default=100_000, help="messages of the queue that it is compared with")
    parser.add_argument("--no-verdict", action="store_true", help="a small run, which proves only that this runs")
    arguments = parser.parse_args()
    faults = []
    with tempfile.TemporaryDirectory(prefix="herald-million-") as folder:
        drains = [Drain(arguments.herald, arguments.fill, folder, count)
                  for count in (arguments.short, arguments.messages, arguments.short)]
    print_table(["queue", "messages", "ready s", "first s", "MiB at start", "MiB at most",
                 f"first {arguments.short} /s", "last tenth /s", "all /s"],
                [drain.row(name, arguments.short) for name, drain in zip(("short", "long", "short again"), drains)])
    for drain in drains:
        if not drain.ready or not drain.settled or drain.code != 0:
            faults.append(f"a queue of {drain.count}: ready {drain.ready}, drained {drain.settled}, ended {drain.code}")
    for text, good in judge(drains[1], (drains[0], drains[2])):
        print(("good  " if good else "SHORT ") + text)
        if not good and not arguments.no_verdict:
            faults.append(text)
    return conclude(faults, f"{arguments.messages} messages drained")


if __name__ == "__main__":
    sys.exit(main())
