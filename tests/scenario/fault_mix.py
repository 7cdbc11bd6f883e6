"""A mix of faults, put while the host runs: over 500 attempts of each provider, what came out against what was asked.

Fails when a share is more than 5 points off, when counters and stories disagree, or when a breaker opened.
"""

import argparse
import collections
import sys

from clients import Clients, eventually, print_table
from herald_host import HeraldHost
from inputs import compose, gather

ATTEMPTS = 500
TOLERANCE_POINTS = 5.0
ASKED = {"error": 30, "rate_limited": 10, "timeout": 0}
PROVIDERS = {"sms-mms": ("sms", "mms"), "email": ("email",)}
# One attempt a message, so that attempts are counted and not the messages that came through in the end.
SETTINGS = {"API_WORKER_MAX_RETRIES": "0", "API_BREAKER_ERROR_THRESHOLD": "1000000"}


def chosen():
    """500 messages for each provider."""
    messages = compose(gather(), 6 * ATTEMPTS)
    return [message for kinds in PROVIDERS.values()
            for message in [m for m in messages if m.kind in kinds][:ATTEMPTS]]


def outcomes_of(messages):
    counts = {provider: collections.Counter() for provider in PROVIDERS}
    for message in messages:
        for attempt in message["attempts"]:
            counts[attempt["provider_name"]][attempt["outcome"]] += 1
    return counts


def judge(clients, counts):
    rows = []
    for provider, outcomes in counts.items():
        total = sum(outcomes.values())
        if total != ATTEMPTS:
            clients.fault(f"{provider}: {total} attempts, {ATTEMPTS} expected")
        for outcome, asked in {**ASKED, "success": 100 - sum(ASKED.values())}.items():
            share = 100.0 * outcomes[outcome] / max(1, total)
            rows.append([provider, outcome, f"{asked} %", f"{share:.1f} %", outcomes[outcome]])
            if abs(share - asked) > TOLERANCE_POINTS:
                clients.fault(f"{provider}: {share:.1f} % {outcome}, {asked} % asked, "
                              f"{TOLERANCE_POINTS} points allowed")
    print_table(["provider", "outcome", "asked", "came", "attempts"], rows, texts=2)


def check_counters(clients, counts):
    expected = {"breaker_transitions": 0}
    for provider, outcomes in counts.items():
        prefix = "provider_" + provider.replace("-", "_") + "_"
        expected[prefix + "attempts"] = sum(outcomes.values())
        expected[prefix + "error"] = outcomes["error"] + outcomes["timeout"]
        expected[prefix + "rate_limited"] = outcomes["rate_limited"]
    last = {}

    def agree():
        last.update(clients.read("/metrics") or {})
        return all(last.get(name) == value for name, value in expected.items())

    if not eventually(agree, within_s=10):
        for name, value in expected.items():
            if last.get(name) != value:
                clients.fault(f"/metrics: {name} is {last.get(name)}, the messages' stories say {value}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--seed", type=int, help="of the outcomes; without it they are random")
    arguments = parser.parse_args()
    profile = {"timeout_pct": ASKED["timeout"], "error_pct": ASKED["error"], "ratelimit_pct": ASKED["rate_limited"]}
    if arguments.seed is not None:
        profile["seed"] = arguments.seed
    with HeraldHost(arguments.herald, SETTINGS) as host:
        clients = Clients(host)
        clients.put("/api/provider/mock/config", profile)
        ids = []

        def send(connection, message):
            path = "/api/messages/" + ("email" if message.kind == "email" else "sms")
            message_id = clients.accept(connection, path, message.fields)
            if message_id is not None:
                with clients.lock:
                    ids.append(message_id)

        clients.in_parallel(chosen(), send)
        counts = outcomes_of(clients.settled(ids, within_s=120).values())
        judge(clients, counts)
        check_counters(clients, counts)
        return clients.finish("Every share is what was asked for")


if __name__ == "__main__":
    sys.exit(main())
