"""A mixed day: a real host, more than a thousand real messages over three channels, faults by a seed.

Sends them through the REST API, waits until each is settled, and prints what became of them by provider and status.
Fails when a message is unaccounted for, when any field comes back other than it went in, when a message's attempts do
not tell its status, when the counters disagree with the messages, or when the host does not end well on SIGTERM.
"""

import argparse
import collections
import json
import sys

from clients import SETTLED, Clients, eventually, percentile, print_table
from herald_host import HeraldHost
from inputs import compose, gather

LEAST = 1000
MAX_RETRIES = 2
ACCEPT_P95_MS = 200

Sent = collections.namedtuple("Sent", "message id")


class Scenario(Clients):
    """`sent` and `fates` under the lock, as `faults`."""

    def __init__(self, host):
        super().__init__(host)
        self.sent = []
        self.fates = {}  # id → the message as the host tells it, once settled

    def send(self, connection, item):
        number, message = item
        path = "/api/messages/" + ("email" if message.kind == "email" else "sms")
        # Every second request writes its letters as escapes: the same body, other bytes on the wire.
        payload = json.dumps(message.fields, ensure_ascii=bool(number % 2)).encode("utf-8")
        message_id = self.accept(connection, path, payload, {"Idempotency-Key": f"mixed-{number}"})
        if message_id is None:
            return
        with self.lock:
            self.sent.append(Sent(message, message_id))
            if len(self.sent) % 200 == 0:
                print(f"  {len(self.sent)} accepted", flush=True)

    def wait_until_settled(self, within_s):
        self.fates = self.settled([sent.id for sent in self.sent], within_s)


def compare(scenario):
    """Every field as it was sent, and a story that fits its end."""
    ids = [sent.id for sent in scenario.sent]
    for twice in (i for i, times in collections.Counter(ids).items() if times > 1):
        scenario.fault(f"{twice}: given to more than one message")
    for sent in scenario.sent:
        record = scenario.fates.get(sent.id)
        if record is None:
            continue
        for name, value in sent.message.fields.items():
            if name != "type" and record.get(name) != value:
                scenario.fault(f"{sent.id} ({sent.message.source}): {name} came back as {record.get(name)!r:.200}, "
                               f"sent was {value!r:.200}")
        if record["channel"] != sent.message.kind:
            scenario.fault(f"{sent.id}: channel {record['channel']}, sent as {sent.message.kind}")
        compare_story(scenario, sent.id, record)


def compare_story(scenario, message_id, record):
    outcomes = [attempt["outcome"] for attempt in record["attempts"]]
    numbers = [attempt["number"] for attempt in record["attempts"]]
    taken = record["status"] in ("dispatched", "delivered")
    if not outcomes or numbers != list(range(1, len(numbers) + 1)) or len(numbers) > MAX_RETRIES + 1:
        scenario.fault(f"{message_id}: attempts numbered {numbers}, 1 to at most {MAX_RETRIES + 1} expected")
    elif taken != (outcomes[-1] == "success") or "success" in outcomes[:-1]:
        scenario.fault(f"{message_id}: {record['status']} after the outcomes {outcomes}")
    elif record["status"] == "failed" and outcomes[-1] != "rejected" and len(outcomes) != MAX_RETRIES + 1:
        scenario.fault(f"{message_id}: failed after {len(outcomes)} of {MAX_RETRIES + 1} attempts")
    elif record["status"] not in ("dispatched", "delivered", "failed"):
        scenario.fault(f"{message_id}: {record['status']}, which nothing in this scenario asks for")


def outcomes_by_provider(scenario):
    counts = collections.defaultdict(collections.Counter)
    for record in scenario.fates.values():
        for attempt in record["attempts"]:
            counts[attempt["provider_name"]][attempt["outcome"]] += 1
    return counts


def expected_counters(scenario):
    expected = {}
    for provider, outcomes in outcomes_by_provider(scenario).items():
        prefix = "provider_" + provider.replace("-", "_") + "_"
        expected[prefix + "attempts"] = sum(outcomes.values())
        expected[prefix + "success"] = outcomes["success"]
        expected[prefix + "rate_limited"] = outcomes["rate_limited"]
        expected[prefix + "error"] = outcomes["error"] + outcomes["timeout"]
    expected["dispatch_success"] = sum(record["status"] in ("dispatched", "delivered")
                                       for record in scenario.fates.values())
    expected["rate_limited"] = 0
    expected["invalid_routing"] = 0
    return expected


def check_counters(scenario):
    """The flat metrics say the same as the messages' own stories."""
    expected = expected_counters(scenario)
    last = {}

    def agree():
        _, _, body = scenario.host.call("GET", "/metrics", headers={"Accept": "application/json"})
        last.update(json.loads(body))
        return all(last.get(name) == value for name, value in expected.items())

    if not eventually(agree, within_s=10):
        for name, value in sorted(expected.items()):
            if last.get(name) != value:
                scenario.fault(f"/metrics: {name} is {last.get(name)}, the messages' stories say {value}")
    return last


def print_fates(scenario, count):
    by_place = collections.defaultdict(collections.Counter)
    for record in scenario.fates.values():
        by_place[record["provider_name"], record["channel"]][record["status"]] += 1
    statuses = [s for s in SETTLED if any(counts[s] for counts in by_place.values())]
    rows = [[*place, *(counts[s] for s in statuses), sum(counts.values())]
            for place, counts in sorted(by_place.items())]
    rows.append(["all", "", *(sum(row[2 + i] for row in rows) for i in range(len(statuses))),
                 sum(row[-1] for row in rows)])
    print("\nWhat became of the messages")
    print_table(["provider", "channel", *statuses, "total"], rows, texts=2)
    print(f"  sent {count}, accepted {len(scenario.sent)}, accounted for {len(scenario.fates)}")
    print("\nWhat the providers answered, attempt by attempt")
    outcomes = ["success", "rate_limited", "error", "timeout", "rejected"]
    print_table(["provider", *outcomes, "attempts"],
                [[provider, *(counts[o] for o in outcomes), sum(counts.values())]
                 for provider, counts in sorted(outcomes_by_provider(scenario).items())])


def print_inputs(gathered, messages):
    print("Input")
    print(f"  numbers: {len(gathered.numbers)} regions of libphonenumber")
    texts = ", ".join(f"{language} {len(found)}" for language, found in sorted(gathered.texts.items()))
    print(f"  texts: {texts} (fortunes)")
    print(f"  mails: {len(gathered.mails)} texts of Python's email tests")
    for reason, count in sorted(gathered.counts.items()):
        print(f"    {count} {reason}")
    kinds = collections.Counter(message.kind for message in messages)
    print(f"  messages: {len(messages)} (" + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) + ")")
    bodies = [message.fields["body"].encode("utf-8") for message in messages]
    print(f"  bodies: {len(set(bodies))} different ones, {min(map(len, bodies))} to {max(map(len, bodies))} bytes, "
          f"{sum(not body.isascii() for body in bodies)} beyond ASCII")


def environment(seed):
    return {
        "API_PROVIDER_SEED": str(seed), "API_PROVIDER_TIMEOUT_PCT": "2", "API_PROVIDER_ERROR_PCT": "8",
        "API_PROVIDER_RATELIMIT_PCT": "10", "API_PROVIDER_EMAIL_ERROR_PCT": "35",
        "API_WORKER_MAX_RETRIES": str(MAX_RETRIES), "API_WORKER_BACKOFF_BASE_MS": "20",
        "API_WORKER_BACKOFF_MAX_MS": "200", "API_DISPATCH_TIMEOUT_MS": "200",
        "API_BREAKER_ERROR_THRESHOLD": "6", "API_BREAKER_OPEN_SECS": "1",
    }


def run(arguments, messages):
    print(f"Running with --seed {arguments.seed}")
    with HeraldHost(arguments.herald, environment(arguments.seed)) as host:
        scenario = Scenario(host)
        scenario.in_parallel(enumerate(messages), scenario.send)
        scenario.wait_until_settled(arguments.deadline)
        compare(scenario)
        counters = check_counters(scenario)
        check_acknowledgements(scenario)
        if len(scenario.sent) != len(messages):
            scenario.fault(f"{len(messages)} sent, {len(scenario.sent)} accepted")
        print_fates(scenario, len(messages))
        print(f"\n  the breakers changed state {counters.get('breaker_transitions')} times")
        return scenario.finish("Every message accounted for, every field as it was sent")


def check_acknowledgements(scenario):
    p95 = percentile(scenario.accept_ms, 0.95)
    print(f"\n  from a request to its 202: median {percentile(scenario.accept_ms, 0.5):.1f} ms, "
          f"95 % under {p95:.1f} ms, all under {max(scenario.accept_ms, default=0):.1f} ms")
    if p95 >= ACCEPT_P95_MS:
        scenario.fault(f"5 % of the acknowledgements took {p95:.0f} ms or more, promised are {ACCEPT_P95_MS}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", help="the binary")
    parser.add_argument("--count", type=int, default=1200, help=f"messages to send, at least {LEAST} (default 1200)")
    parser.add_argument("--seed", type=int, default=20260102, help="of the providers' faults")
    parser.add_argument("--deadline", type=float, default=180.0, help="seconds until all must be settled (default 180)")
    parser.add_argument("--dry-run", action="store_true", help="gather the input, print what it is, and start nothing")
    arguments = parser.parse_args()
    if arguments.count < LEAST:
        parser.error(f"--count {arguments.count}: at least {LEAST} expected")
    if not arguments.dry_run and not arguments.herald:
        parser.error("--herald BINARY is required but for --dry-run")
    gathered = gather()
    if gathered.shortage():
        print("found only " + gathered.shortage(), file=sys.stderr)
        return 2
    messages = compose(gathered, arguments.count)
    print_inputs(gathered, messages)
    return 0 if arguments.dry_run else run(arguments, messages)


if __name__ == "__main__":
    sys.exit(main())
