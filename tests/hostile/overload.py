"""Twice the rate that the host can sustain: the excess is refused at once, and the rest is accepted as before.

The sustainable rate is the highest of a rising series at which nothing is refused, the slowest hundredth waits for less
than a quarter of a second, and no backlog grows: what is accepted is dispatched. The load has a processor of its own,
so that the host has the same ones at every rate. Needs idle processors."""

import argparse
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))

from load import Load, answers, judge  # noqa: E402
from measured_host import MIB, MeasuredHost  # noqa: E402

REFUSED_P99_MS = 10
LEAST_GOODPUT = 0.9
SUSTAINED_P99_MS = 250
MOST_BACKLOG_SHARE = 0.1
FIRST_RATE = 8_000
STEP = 1.25
MOST_GROWTH_MIB = 128


def show(name, told, host):
    taken, refused = answers(told, 202), answers(told, 503)
    print(f"{name:<12} sent {told['sent'] / told['seconds']:8.0f}/s  accepted {told['good']:8.0f}/s  p99 "
          f"{taken['p99_ms']:7.1f} ms  refused {refused['count'] / told['seconds']:8.0f}/s  p99 "
          f"{refused['p99_ms']:7.1f} ms, since sent {refused['sent_p99_ms']:7.1f} ms  "
          f"RSS {host.memory()[0] / MIB:.0f} MiB", flush=True)


def part_processors(host):
    """Moves the host off one processor, and this program with its load onto that one."""
    *others, own = sorted(os.sched_getaffinity(0))
    if not others:
        return
    for task in os.listdir(f"/proc/{host.process.pid}/task"):
        os.sched_setaffinity(int(task), others)
    os.sched_setaffinity(0, {own})


def dispatched(host):
    return host.counters()["dispatch_success"]


def wait_until_dispatched(load, host):
    """All that was accepted so far, so that no backlog of one step is the next one's burden."""
    while dispatched(host) < len(load.ids):
        time.sleep(0.1)  # tidy: sleeps because it polls a counter over HTTP


def sustainable(load, host, seconds, connections):
    """The highest rate that was held, and what was accepted at it in a second."""
    held = None
    rate = FIRST_RATE
    while True:
        before = dispatched(host)
        told = load.run(rate, seconds, connections)
        backlog = answers(told, 202)["count"] - (dispatched(host) - before)
        show(f"open {rate:.0f}", told, host)
        refused = sum(seen["count"] for status, seen in told["answers"].items() if status != "202")
        if refused or answers(told, 202)["p99_ms"] >= SUSTAINED_P99_MS or backlog > MOST_BACKLOG_SHARE * rate * seconds:
            return held or (rate, told["good"])
        held = (rate, told["good"])
        rate *= STEP


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--load", required=True, help="the program open_loop")
    parser.add_argument("--seconds", type=float, default=10, help="of each step")
    parser.add_argument("--connections", type=int, default=8_000, help="that an open load may use at once")
    parser.add_argument("--no-verdict", action="store_true", help="a short run, which proves only that this runs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="herald-overload-") as folder:
        with MeasuredHost(arguments.herald, os.path.join(folder, "data")) as host:
            part_processors(host)
            load = Load(arguments.load, host)
            load.run(0, arguments.seconds, 64)  # warms it up
            show("closed", load.run(0, arguments.seconds, 256), host)
            wait_until_dispatched(load, host)
            rate, sustained = sustainable(load, host, arguments.seconds, arguments.connections)
            wait_until_dispatched(load, host)
            before = host.memory()[0]
            told = load.run(2 * rate, 2 * arguments.seconds, arguments.connections)
            show("open twice", told, host)
            growth = (host.memory()[1] - before) / MIB
            refused = {status: seen for status, seen in told["answers"].items() if status != "202"}
            slowest = max((seen["sent_p99_ms"] for seen in refused.values()), default=0.0)
            missing = load.missing()
            return judge([
                ("some were refused, each with 429 or 503", bool(refused) and set(refused) <= {"429", "503"}),
                ("every refusal has Retry-After", not any(s["without_retry_after"] for s in refused.values())),
                (f"refused within {slowest:.1f} ms of being sent (p99); at most {REFUSED_P99_MS}",
                 slowest <= REFUSED_P99_MS),
                (f"{told['good'] / sustained:.0%} of the sustainable {sustained:.0f}/s accepted; at least "
                 f"{LEAST_GOODPUT:.0%}", told["good"] >= LEAST_GOODPUT * sustained),
                (f"memory grew by {growth:.0f} MiB; at most {MOST_GROWTH_MIB}", growth <= MOST_GROWTH_MIB),
                (f"{told['lost']} connections lost, {told['unanswered']} requests unanswered",
                 told["lost"] == told["unanswered"] == 0),
                (f"{missing} of {len(load.ids)} accepted messages are missing from the list", missing == 0),
            ], not arguments.no_verdict)


if __name__ == "__main__":
    sys.exit(main())
