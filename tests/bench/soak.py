"""A host under a steady mixed load for a long time, with faults, and with a provider that is disabled now and then.

Every two seconds the process's memory, descriptors, threads and files are looked at. The load begins behind a backlog,
whose drain fills the page cache, so that what grows from then on grows for another reason. The keys of a minute stand
in memory and are moved to the disk together, so memory rises and falls by the minute. The verdict is "flat" when,
over the load without its first third, the line through the memory rises by no more than 5 % of its mean, descriptors
and threads end within 4 of where they began, and the log of the database stays within its bound and one step. Fails,
whatever the verdict, when a message is neither settled nor waiting at the end, or when a request is answered wrongly.
"""

import argparse
import itertools
import os
import random
import sys
import tempfile
import threading
import time

from measured_host import MIB, MeasuredHost, fill

from clients import Clients, eventually, print_table  # noqa: E402 (found by measured_host's path)

CLIENTS = 4
SAMPLE_S = 2
CHANGE_S = 15  # between two changes of faults or of a provider's switch
WARM_UP_SHARE = 1 / 3
MOST_RISE_SHARE = 0.05
MOST_DRIFT = 4
MOST_WAL = 80 * MIB  # store/options.h, and one checkpoint's step
HEALTHY = {"timeout_pct": 0, "error_pct": 0, "ratelimit_pct": 0}
FAULTS = ({**HEALTHY, "error_pct": 10, "ratelimit_pct": 5}, HEALTHY, {**HEALTHY, "timeout_pct": 5},
          {**HEALTHY, "providers": {"email": {"error_pct": 100}}}, HEALTHY)
SETTINGS = {
    "API_DISPATCH_TIMEOUT_MS": "1000", "API_BREAKER_OPEN_SECS": "2",
    "API_WORKER_BACKOFF_BASE_MS": "50", "API_WORKER_BACKOFF_MAX_MS": "500", "API_WORKER_MAX_RETRIES": "1000",
    "API_MESSAGE_TTL_SECS": "60",
    # Keys of the last minute are in memory, of those before in a table, and after five minutes in none: with the
    # default of a day all keys of this run would gather in memory, which is right and looks like a leak.
    "API_IDEMPOTENCY_TTL_SECS": "240",
}


class Soak(Clients):
    def __init__(self, host, rate):
        super().__init__(host)
        self.pause_s = CLIENTS / rate
        self.ending = threading.Event()
        self.accepted = 0
        self.email_on = True
        self.emails_out = 0  # requests under way
        self.samples = []  # seconds, RSS, descriptors, threads, database, its log, waiting
        self.began = time.monotonic()

    def send(self, seed):
        """One client: messages with and without keys, repeats, replies and reads, at its share of the rate."""
        chance = random.Random(seed)
        connection = self.host.connect()
        due = time.monotonic()
        for number in itertools.count():
            due += self.pause_s
            if self.ending.wait(max(0.0, due - time.monotonic())):
                break
            try:
                self.send_one(connection, chance, f"{seed}-{number}")
            except OSError as error:
                self.fault(f"a client: {type(error).__name__}: {error}")
                connection.close()
        connection.close()

    def send_one(self, connection, chance, name):
        other = f"+1201{chance.randrange(2_000_000, 2_020_000)}"
        kind = chance.random()
        if kind < 0.1:
            self.send_reply(connection, other, name)
        elif kind < 0.4 and self.begin_email():
            try:
                self.send_message(connection, kind, name, "/api/messages/email",
                                  {"from": "shop@example.com", "to": f"jo{other[1:]}@example.org", "subject": "Order",
                                   "body": "<p>Thank you</p>"})
            finally:
                with self.lock:
                    self.emails_out -= 1
        else:
            self.send_message(connection, kind, name, "/api/messages/sms",
                              {"from": "+12015550101", "to": other, "type": "sms", "body": "Your code is 4711"})

    def begin_email(self):
        with self.lock:
            self.emails_out += self.email_on
            return self.email_on

    def send_reply(self, connection, other, name):
        event = {"from": other, "to": "+12015550101", "type": "sms", "body": "Thank you",
                 "messaging_provider_id": name, "timestamp": "2026-01-01T00:00:00Z"}
        status, _, body = self.host.call("POST", "/api/webhooks/sms", event, connection=connection)
        if status != 202:
            self.fault(f"a reply: answered {status}: {body[:300]!r}")

    def send_message(self, connection, kind, name, path, fields):
        headers = {"Idempotency-Key": name} if kind < 0.6 else None
        message_id = self.accept(connection, path, fields, headers)
        with self.lock:
            self.accepted += message_id is not None
        if message_id and kind < 0.45:
            self.read(f"/api/messages/{message_id}", connection)
        if headers and kind > 0.55 and self.accept(connection, path, fields, headers) != message_id:
            self.fault(f"{message_id}: its request, repeated under its key, made another message")
        if kind > 0.99:
            self.read("/api/conversations?pageSize=50", connection)

    def switch(self, provider, on):
        status, _, body = self.host.call("POST", f"/api/providers/{provider}/{'enable' if on else 'disable'}")
        if status != 200:
            self.fault(f"switching {provider}: answered {status}: {body[:300]!r}")

    def switch_email_off_and_on(self):
        """Nobody sends emails meanwhile: without another provider they would be refused."""
        with self.lock:
            self.email_on = False
        if not eventually(lambda: self.emails_out == 0, within_s=60):
            self.fault("a request for an email is not answered")
        self.switch("email", False)
        self.switch("email", True)
        with self.lock:
            self.email_on = True

    def change(self, turn):
        """What goes wrong, or right again, at this turn."""
        if turn % 4 == 3:
            self.switch_email_off_and_on()
        self.put("/api/provider/mock/config", FAULTS[turn % len(FAULTS)])

    def sample(self):
        memory, _ = self.host.memory()
        waiting = sum(provider["queue_depth"] for provider in self.host.providers().values())
        self.samples.append((time.monotonic() - self.began, memory, self.host.descriptors(), self.host.threads(),
                             self.host.file_bytes("herald.db"), self.host.file_bytes("herald.db-wal"), waiting))

    def run(self, seconds):
        clients = [threading.Thread(target=self.send, args=(seed,)) for seed in range(CLIENTS)]
        for client in clients:
            client.start()
        began = time.monotonic()
        turns = itertools.count()
        change_at = began + min(CHANGE_S, seconds / 4)
        while time.monotonic() < began + seconds:
            self.sample()
            if time.monotonic() >= change_at:
                self.change(next(turns))
                change_at += min(CHANGE_S, seconds / 4)
            time.sleep(min(SAMPLE_S, seconds / 10))  # tidy: sleeps because it samples
        self.ending.set()
        for client in clients:
            client.join()

    def settle(self):
        """Everything has an end, at the latest by its time-to-live."""
        self.put("/api/provider/mock/config", HEALTHY)

        def at_rest():
            return all(provider["queue_depth"] == 0 and provider["in_flight"] == 0
                       for provider in self.host.providers().values())
        if not eventually(at_rest, within_s=120, pause_s=0.2):
            self.fault(f"messages still wait or are in flight: {self.host.providers()}")

    def verdict(self, warm_s):
        """The lines of the verdict, and whether all of them are good."""
        seen = [sample for sample in self.samples if sample[0] >= warm_s]
        times = [sample[0] for sample in seen]
        mean, rise = line_through(times, [sample[1] for sample in seen])
        share = rise / mean
        drift = [seen[-1][column] - seen[0][column] for column in (2, 3)]
        wal = max(sample[5] for sample in seen)
        lines = [
            (f"memory: mean {mean / MIB:.1f} MiB, rises by {rise / MIB:+.2f} MiB ({share:+.1%}) in "
             f"{times[-1] - times[0]:.0f} s; at most {MOST_RISE_SHARE:.0%}", share <= MOST_RISE_SHARE),
            (f"descriptors {seen[0][2]} to {seen[-1][2]}, threads {seen[0][3]} to {seen[-1][3]}; at most {MOST_DRIFT} "
             "more", max(drift) <= MOST_DRIFT),
            (f"the database's log: {wal / MIB:.1f} MiB at most; {MOST_WAL / MIB:.0f} allowed", wal <= MOST_WAL),
        ]
        return [text for text, _ in lines], all(good for _, good in lines)


def line_through(times, values):
    """The mean, and by how much the straight line of least squares rises from the first time to the last."""
    middle = sum(times) / len(times)
    mean = sum(values) / len(values)
    spread = sum((at - middle) ** 2 for at in times)
    if spread == 0:
        return mean, 0.0
    slope = sum((at - middle) * (value - mean) for at, value in zip(times, values)) / spread
    return mean, slope * (times[-1] - times[0])


def show(samples):
    every = max(1, len(samples) // 20)
    rows = [[f"{at:.0f}", f"{memory / MIB:.1f}", descriptors, threads, f"{database / MIB:.1f}", f"{wal / MIB:.1f}",
             waits] for at, memory, descriptors, threads, database, wal, waits in samples[::every]]
    print_table(["s", "RSS MiB", "descriptors", "threads", "database MiB", "log MiB", "waiting"], rows, texts=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--fill", required=True, help="the program queue_fill")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--rate", type=float, default=200, help="requests per second")
    parser.add_argument("--backlog", type=int, default=200_000, help="messages that wait at the start")
    parser.add_argument("--no-verdict", action="store_true", help="a short run, which proves only that this runs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="herald-soak-") as folder:
        data = os.path.join(folder, "data")
        fill(arguments.fill, data, arguments.backlog)
        with MeasuredHost(arguments.herald, data, SETTINGS) as host:
            soak = Soak(host, arguments.rate)
            soak.sample()
            soak.settle()  # the backlog
            soak.sample()
            loaded_at = soak.samples[-1][0]
            soak.run(arguments.seconds)
            soak.sample()
            loaded_s = soak.samples[-1][0] - loaded_at
            soak.settle()
            show(soak.samples)
            lines, flat = soak.verdict(loaded_at + WARM_UP_SHARE * loaded_s)
            print("\n".join(lines))
            if not arguments.no_verdict:
                print("flat" if flat else "NOT FLAT")
                if not flat:
                    soak.fault("the host does not stay flat")
            return soak.finish(f"{soak.accepted} messages in {loaded_s:.0f} s behind {arguments.backlog} that waited")


if __name__ == "__main__":
    sys.exit(main())
