"""One provider fails for good, the other does not notice: breakers, attempts and latencies before, during and after.

Fails when an email needs a second attempt or waits long, when the breaker of email ever changes its state, when that of
sms-mms does not open, or when an SMS is lost once the provider works again.
"""

import argparse
import datetime
import sys

from clients import Clients, eventually, percentile, print_table
from herald_host import HeraldHost
from inputs import compose, gather

MESSAGES = 900  # a third of each channel
EMAIL_P95_MS = 500
SETTINGS = {
    "API_BREAKER_ERROR_THRESHOLD": "10", "API_BREAKER_OPEN_SECS": "1", "API_BREAKER_HALF_OPEN_SAMPLES": "3",
    "API_WORKER_MAX_RETRIES": "1000", "API_WORKER_BACKOFF_BASE_MS": "50", "API_WORKER_BACKOFF_MAX_MS": "500",
}
HEALTHY = {"timeout_pct": 0, "error_pct": 0, "ratelimit_pct": 0}
FAILING = {**HEALTHY, "providers": {"sms-mms": {"error_pct": 100}}}


class Isolation(Clients):
    def __init__(self, host):
        super().__init__(host)
        self.latencies = []  # rows of the table
        self.breakers = []

    def send(self, messages):
        """The ids, those by phone apart from those by mail."""
        ids = {"phone": [], "email": []}

        def work(connection, message):
            medium = "email" if message.kind == "email" else "phone"
            path = "/api/messages/" + ("email" if medium == "email" else "sms")
            message_id = self.accept(connection, path, message.fields)
            if message_id is not None:
                with self.lock:
                    ids[medium].append(message_id)

        self.in_parallel(messages, work)
        return ids

    def breaker(self, provider):
        return (self.read(f"/api/providers/{provider}") or {}).get("breaker") or {}

    def transitions(self, provider):
        return (self.read("/metrics") or {}).get(f"provider_{provider.replace('-', '_')}_breaker_transitions")

    def note_breakers(self, phase):
        for provider in ("sms-mms", "email"):
            self.breakers.append([phase, provider, self.breaker(provider).get("state"), self.transitions(provider)])

    def note_latencies(self, phase, provider, messages):
        took = [latency_ms(message) for message in messages]
        attempts = max((len(message["attempts"]) for message in messages), default=0)
        self.latencies.append([phase, provider, len(messages), attempts,
                               *(f"{percentile(took, share):.0f}" for share in (0.5, 0.95, 0.99, 1.0))])
        return percentile(took, 0.95), attempts

    def check_emails(self, phase, ids):
        messages = self.settled(ids, within_s=60, statuses=("dispatched",)).values()
        p95, attempts = self.note_latencies(phase, "email", messages)
        if attempts > 1:
            self.fault(f"{phase}: an email needed {attempts} attempts, 1 expected")
        if p95 > EMAIL_P95_MS:
            self.fault(f"{phase}: 5 % of the emails took {p95:.0f} ms or more, {EMAIL_P95_MS} expected at most")


def latency_ms(message):
    """From acceptance to the outcome of the last attempt."""
    last = message["attempts"][-1]
    waited = moment(last["started_at"]) - moment(message["accepted_at"])
    return waited.total_seconds() * 1000 + last["latency_ms"]


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def run(clients, messages):
    before = clients.send(messages)
    clients.check_emails("before", before["email"])
    phone = clients.settled(before["phone"], within_s=60, statuses=("dispatched",))
    clients.note_latencies("before", "sms-mms", phone.values())
    clients.note_breakers("before")

    clients.put("/api/provider/mock/config", FAILING)
    during = clients.send(messages)
    if not eventually(lambda: clients.breaker("sms-mms").get("state") == "open", within_s=30):
        clients.fault(f"the breaker of sms-mms does not open: {clients.breaker('sms-mms')}")
    # Until a trial has failed too: open, half-open, open again.
    if not eventually(lambda: (clients.transitions("sms-mms") or 0) >= 3, within_s=30):
        clients.fault(f"no trial opens the breaker again: {clients.transitions('sms-mms')} transitions")
    clients.check_emails("during", during["email"])
    clients.note_breakers("during")
    for message_id in during["phone"]:
        status = (clients.read(f"/api/messages/{message_id}") or {}).get("status")
        if status not in ("pending", "dispatching"):
            clients.fault(f"{message_id}: {status} although its provider takes nothing and may be tried for long")

    clients.put("/api/provider/mock/config", HEALTHY)
    phone = clients.settled(during["phone"], within_s=120, statuses=("dispatched",))
    clients.note_latencies("during", "sms-mms", phone.values())
    if not eventually(lambda: clients.breaker("sms-mms").get("state") == "closed", within_s=30):
        clients.fault(f"the breaker of sms-mms does not close again: {clients.breaker('sms-mms')}")
    clients.note_breakers("after")
    if clients.transitions("email") != 0:
        clients.fault(f"the breaker of email changed its state {clients.transitions('email')} times")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    arguments = parser.parse_args()
    with HeraldHost(arguments.herald, SETTINGS) as host:
        clients = Isolation(host)
        run(clients, compose(gather(), MESSAGES))
        print("Breakers; sms-mms fails every dispatch in the middle phase")
        print_table(["phase", "provider", "breaker", "transitions"], clients.breakers, texts=3)
        print("\nFrom acceptance to dispatch, in milliseconds, by the phase in which a message was sent")
        print_table(["phase", "provider", "messages", "most attempts", "p50", "p95", "p99", "max"], clients.latencies,
                    texts=2)
        return clients.finish("Every email went out at its first attempt, and every SMS once its provider worked again")


if __name__ == "__main__":
    sys.exit(main())
