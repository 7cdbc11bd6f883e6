"""What a provider that hangs costs the others: times of emails while sms-mms works, and while it answers nothing.

Both kinds of rounds take turns on one host, with the same messages at the same pace; only the pairs of neighbours are
compared, so that what the machine does besides is in both. An email's provider is the recorder, which writes down when
it was called. While sms-mms hangs its window is full, its calls end by their deadline, and its queue grows.
"""

import argparse
import collections
import os
import random
import shutil
import sys
import threading
import time

from measured_host import MeasuredHost

from clients import Clients, eventually, percentile, print_table  # noqa: E402 (found by measured_host's path)
from recorder import RecorderFolder  # noqa: E402

VERSION = 101
EMAIL_CLIENTS = 2
MOST_RISE = 1.10
WORKING = {"timeout_pct": 0, "error_pct": 0, "ratelimit_pct": 0}
HANGING = {**WORKING, "timeout_pct": 100}
EMAIL = {"from": "shop@example.com", "to": "jo@example.org", "subject": "Order", "body": "<p>Thank you</p>"}
SMS = {"from": "+12015550101", "to": "+12015550102", "type": "sms", "body": "Your code is 4711"}
SETTINGS = {
    "API_BREAKER_ERROR_THRESHOLD": "1000000000", "API_DISPATCH_TIMEOUT_MS": "2000", "API_WORKER_MAX_RETRIES": "1000",
    "API_WORKER_BACKOFF_BASE_MS": "100", "API_WORKER_BACKOFF_MAX_MS": "500",
}

Email = collections.namedtuple("Email", "id sent_at_s answered_at_s")  # Unix seconds, as the recorder's
Times = collections.namedtuple("Times", "answer call")  # p99 in ms: sent to 202, 202 to the provider's call


class OneHung(Clients):
    def __init__(self, host, folder, rate, seconds, seed):
        super().__init__(host)
        self.folder = folder
        self.pause_s = EMAIL_CLIENTS / rate
        self.seconds = seconds
        self.seed = seed
        self.rounds = []  # emails of each

    def paced(self, gaps, path, fields, until, note):
        connection = self.host.connect()
        due = time.monotonic()
        while due < until:
            time.sleep(max(0.0, due - time.monotonic()))  # tidy: sleeps because the load has its moments
            sent_at = time.time()
            message_id = self.accept(connection, path, fields)
            note(Email(message_id, sent_at, time.time()))
            due += gaps.expovariate(1 / self.pause_s)
        connection.close()

    def round(self, provider):
        self.put("/api/provider/mock/config", provider)
        if provider is WORKING and not eventually(self.is_at_rest, within_s=120, pause_s=0.1):
            self.fault("what had waited for sms-mms did not go out once it worked again")
        emails = []
        until = time.monotonic() + self.seconds
        work = [(("/api/messages/email", EMAIL), emails.append)] * EMAIL_CLIENTS
        work.append((("/api/messages/sms", SMS), lambda _: None))
        pair = (len(self.rounds) + 1) // 2  # both rounds of a pair have the same moments
        gaps = [random.Random(f"{self.seed} {pair} {number}") for number in range(len(work))]
        threads = [threading.Thread(target=self.paced, args=(gap, *what, until, note))
                   for gap, (what, note) in zip(gaps, work)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.rounds.append(emails)
        if provider is HANGING and self.is_at_rest():
            self.fault("sms-mms does not hang: nothing waits for it")

    def is_at_rest(self):
        provider = self.host.providers()["sms-mms"]
        return provider["queue_depth"] == 0 and provider["in_flight"] == 0

    def times(self):
        """The rounds' times, in order."""
        if not eventually(lambda: self.host.providers()["recorder"]["queue_depth"] == 0, within_s=60):
            self.fault("emails still wait")
        called = {sent.token: sent.at_s for sent in self.folder.sent()}
        found = []
        for emails in self.rounds:
            lost = [email for email in emails if email.id not in called]
            if lost:
                self.fault(f"{len(lost)} emails were never sent")
            answers = [(email.answered_at_s - email.sent_at_s) * 1000 for email in emails]
            # The call may come before the client has read its 202.
            calls = [max(0.0, (called[email.id] - email.answered_at_s) * 1000)
                     for email in emails if email.id in called]
            found.append(Times(percentile(answers, 0.99), percentile(calls, 0.99)))
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary; its plugins lie beside it")
    parser.add_argument("--recorder", required=True, help="the plugin that writes down what it sends: recorder.so")
    parser.add_argument("--pairs", type=int, default=8, help="of rounds")
    parser.add_argument("--seconds", type=float, default=10, help="of a round")
    parser.add_argument("--rate", type=float, default=100, help="emails per second")
    parser.add_argument("--seed", type=int, default=1, help="of the moments at which requests come")
    parser.add_argument("--no-verdict", action="store_true", help="a short run, which proves only that this runs")
    arguments = parser.parse_args()
    with RecorderFolder(arguments.recorder) as folder:
        folder.drop(VERSION)
        plugins = os.path.join(os.path.dirname(os.path.abspath(arguments.herald)), "plugins")
        shutil.copy(os.path.join(plugins, "sms_mms.so"), folder.path)
        data = os.path.join(os.path.dirname(folder.path), "data")
        with MeasuredHost(arguments.herald, data, {**SETTINGS, **folder.environment}) as host:
            hung = OneHung(host, folder, arguments.rate, arguments.seconds, arguments.seed)
            hung.round(WORKING)  # warms up; not counted
            for _ in range(arguments.pairs):
                hung.round(WORKING)
                hung.round(HANGING)
            times = hung.times()[1:]
            show_and_judge(hung, times, not arguments.no_verdict)
            hung.put("/api/provider/mock/config", WORKING)
            if not eventually(hung.is_at_rest, within_s=120, pause_s=0.1):
                hung.fault("messages of sms-mms have no end")
            return hung.finish(f"{sum(map(len, hung.rounds))} emails beside a provider that hangs every other round")


def show_and_judge(hung, times, judged):
    pairs = list(zip(times[::2], times[1::2]))
    rows = [[number, *(f"{time_ms:.2f}" for time_ms in (*works, *hangs))]
            for number, (works, hangs) in enumerate(pairs, 1)]
    print_table(["pair", "202 p99 ms", "202 to call p99 ms", "hung: 202", "hung: 202 to call"], rows, texts=0)
    for name in Times._fields:
        ratios = [getattr(hangs, name) / getattr(works, name) for works, hangs in pairs if getattr(works, name) > 0]
        ratio = percentile(ratios, 0.5)
        good = ratio <= MOST_RISE
        print(f"{'good ' if good else 'SHORT'} {name}: the p99 beside a hung provider is {ratio:.2f} of that beside a "
              f"working one (median of {len(ratios)} pairs); at most {MOST_RISE:.2f}")
        if judged and not good:
            hung.fault(f"{name}: rises by more than a tenth")


if __name__ == "__main__":
    sys.exit(main())
