"""A mixed day: a real host, more than a thousand real messages over three channels, faults by a seed.

Sends them through the REST API, waits until each is settled, and prints what became of them by provider and status.
Fails when a message is unaccounted for, when any field comes back other than it went in, when a message's attempts do
not tell its status, when the counters disagree with the messages, or when the host does not end well on SIGTERM.
"""

import argparse
import collections
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from eventually import eventually  # noqa: E402
from herald_host import HeraldHost  # noqa: E402
from inputs import compose, gather  # noqa: E402

LEAST = 1000
CLIENTS = 4
SETTLED = ("dispatched", "delivered", "failed", "expired", "cancelled")
MAX_RETRIES = 2
SHOWN_FAULTS = 20

Sent = collections.namedtuple("Sent", "message id")


class Scenario:
    """Shared by the client threads; `faults` and `fates` under the lock."""

    def __init__(self, host):
        self.host = host
        self.lock = threading.Lock()
        self.sent = []
        self.fates = {}  # id → the message as the host tells it, once settled
        self.faults = []

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def in_parallel(self, items, work):
        """work(connection, item) for every item, on CLIENTS kept-alive connections."""
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
                    self.fault(f"{getattr(item, 'id', 'sending')}: {type(error).__name__}: {error}")
                    connection.close()

        threads = [threading.Thread(target=client, name=f"client-{i}") for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def send(self, connection, item):
        number, message = item
        path = "/api/messages/" + ("email" if message.kind == "email" else "sms")
        # Every second request writes its letters as escapes: the same body, other bytes on the wire.
        payload = json.dumps(message.fields, ensure_ascii=bool(number % 2)).encode("utf-8")
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"mixed-{number}"}
        status, answered, body = self.host.call("POST", path, payload, headers, connection)
        if status != 202:
            return self.fault(f"message {number} ({message.source}): answered {status}: {body[:300]!r}")
        answer = json.loads(body)
        if answer.get("status") != "accepted" or answered.get("location") != f"/api/messages/{answer['id']}":
            self.fault(f"message {number}: accepted as {answer}, Location {answered.get('location')}")
        with self.lock:
            self.sent.append(Sent(message, answer["id"]))
            if len(self.sent) % 200 == 0:
                print(f"  {len(self.sent)} accepted", flush=True)

    def look_up(self, connection, sent):
        status, _, body = self.host.call("GET", f"/api/messages/{sent.id}", connection=connection)
        if status != 200:
            return self.fault(f"{sent.id}: looked up, answered {status}")
        record = json.loads(body)
        if record["status"] in SETTLED:
            with self.lock:
                self.fates[sent.id] = record

    def waiting(self):
        return [sent for sent in self.sent if sent.id not in self.fates]

    def wait_until_settled(self, within_s):
        def all_settled():
            self.in_parallel(self.waiting(), self.look_up)
            print(f"  {len(self.fates)} of {len(self.sent)} settled", flush=True)
            return not self.waiting() or len(self.faults) > len(self.sent)

        eventually(all_settled, within_s, pause_s=0.5)
        for sent in self.waiting():
            self.fault(f"{sent.id}: not settled within {within_s} s")


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


def print_table(headings, rows):
    widths = [max(len(str(row[i])) for row in [headings] + rows) for i in range(len(headings))]
    for row in [headings] + rows:
        cells = [str(cell).ljust(width) if i < 2 else str(cell).rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())


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
    print_table(["provider", "channel", *statuses, "total"], rows)
    print(f"  sent {count}, accepted {len(scenario.sent)}, accounted for {len(scenario.fates)}")
    print("\nWhat the providers answered, attempt by attempt")
    outcomes = ["success", "rate_limited", "error", "timeout", "rejected"]
    print_table(["provider", "", *outcomes, "attempts"],
                [[provider, "", *(counts[o] for o in outcomes), sum(counts.values())]
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
        code = host.terminate()
        if code != 0:
            scenario.fault(f"the host ended with {code} on SIGTERM; its log's end:\n{host.raw_log()[-2000:]}")
    if len(scenario.sent) != len(messages):
        scenario.fault(f"{len(messages)} sent, {len(scenario.sent)} accepted")
    print_fates(scenario, len(messages))
    print(f"\n  the breakers changed state {counters.get('breaker_transitions')} times")
    for fault in scenario.faults[:SHOWN_FAULTS]:
        print("FAULT " + fault)
    if scenario.faults:
        print(f"{len(scenario.faults)} faults")
        return 1
    print("Every message accounted for, every field as it was sent")
    return 0


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
