"""One seed, the same messages, three runs under three sets of settings: every message meets the same outcomes.

The runs differ in time-outs, back-offs and breakers, and the third accepts everything, is killed, and dispatches only
when it has been started again. Fails at the first message whose outcomes, attempt by attempt, are not the same.
"""

import argparse
import collections
import hashlib
import sys
import tempfile

from clients import SETTLED, Clients, conclude, print_table
from herald_host import HeraldHost
from inputs import compose, gather

MESSAGES = 600
FAULTS = {"API_PROVIDER_ERROR_PCT": "25", "API_PROVIDER_RATELIMIT_PCT": "10", "API_PROVIDER_TIMEOUT_PCT": "5",
          "API_PROVIDER_EMAIL_ERROR_PCT": "40", "API_WORKER_MAX_RETRIES": "3"}
QUICK = {"API_DISPATCH_TIMEOUT_MS": "50", "API_WORKER_BACKOFF_BASE_MS": "5", "API_WORKER_BACKOFF_MAX_MS": "20",
         "API_BREAKER_ERROR_THRESHOLD": "1000000"}
SLOW = {"API_DISPATCH_TIMEOUT_MS": "300", "API_WORKER_BACKOFF_BASE_MS": "200", "API_WORKER_BACKOFF_MAX_MS": "2000",
        "API_BREAKER_ERROR_THRESHOLD": "4", "API_BREAKER_OPEN_SECS": "1", "API_BREAKER_HALF_OPEN_SAMPLES": "1"}

Run = collections.namedtuple("Run", "name stories transitions")


def send_all(clients, messages):
    """By one client, so that the order is the same in every run."""
    ids = []

    def send(connection, message):
        path = "/api/messages/" + ("email" if message.kind == "email" else "sms")
        ids.append(clients.accept(connection, path, message.fields))

    clients.in_parallel(messages, send, clients=1)
    return ids


def stories_of(clients, ids):
    """What became of each, in the order of sending."""
    settled = clients.settled(ids, within_s=180, statuses=SETTLED)
    return [tuple([attempt["outcome"] for attempt in settled[i]["attempts"]] + [settled[i]["status"]])
            if i in settled else () for i in ids]


def run(name, binary, settings, messages, restart, faults):
    with tempfile.TemporaryDirectory(prefix="herald-replay-") as data:
        settings = {**settings, "API_DATA_DIR": data}
        ids = None
        if restart:
            with HeraldHost(binary, {**settings, "API_DISPATCH": "off"}) as host:
                clients = Clients(host)
                ids = send_all(clients, messages)
                faults += clients.faults
        with HeraldHost(binary, settings) as host:
            clients = Clients(host)
            ids = ids or send_all(clients, messages)
            stories = stories_of(clients, ids)
            transitions = (clients.read("/metrics") or {}).get("breaker_transitions")
            faults += clients.faults
            if host.terminate() != 0:
                faults.append(f"{name}: the host did not end well on SIGTERM")
    return Run(name, stories, transitions)


def row(one):
    digest = hashlib.sha256(repr(one.stories).encode("utf-8")).hexdigest()[:16]
    ends = collections.Counter(story[-1] for story in one.stories if story)
    attempts = sum(len(story) - 1 for story in one.stories if story)
    return [one.name, digest, attempts, ends["dispatched"], ends["failed"], one.transitions]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--seed", type=int, default=42, help="of the outcomes (default 42)")
    arguments = parser.parse_args()
    messages = compose(gather(), MESSAGES)
    base = {**FAULTS, "API_PROVIDER_SEED": str(arguments.seed)}
    faults = []
    runs = [run("quick", arguments.herald, {**base, **QUICK}, messages, False, faults),
            run("slow, with breakers", arguments.herald, {**base, **SLOW}, messages, False, faults),
            run("killed before dispatch", arguments.herald, {**base, **QUICK}, messages, True, faults)]
    print(f"Seed {arguments.seed}, {MESSAGES} messages over three channels")
    print_table(["run", "outcomes", "attempts", "dispatched", "failed", "breaker transitions"],
                [row(one) for one in runs], texts=2)
    first = runs[0]
    if not any(len(story) > 2 for story in first.stories):
        faults.append("no message was tried twice: the runs say nothing of retries")
    for other in runs[1:]:
        for number, (one, same) in enumerate(zip(first.stories, other.stories)):
            if one != same:
                faults.append(f"message {number} ({messages[number].kind}): {one} in {first.name}, "
                              f"{same} in {other.name}")
    return conclude(faults, "The same outcomes in every run, message by message and attempt by attempt")


if __name__ == "__main__":
    sys.exit(main())
