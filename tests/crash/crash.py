"""Kills the real host again and again, at moments drawn from a seed, while clients send through it.

Every life starts on what the one before left. At rest, what the clients were told, what the REST API shows, what the
database says and what the providers saw must agree: nothing acknowledged is lost, nothing is stuck, no key made two
messages, and what a provider saw twice was in flight at a kill. With --policy hold nothing is seen twice at all, and
what is held can be listed and let go. A failure tells seed and kill, what was expected and found, and keeps the folder.
"""

import argparse
import http.client
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time

import store_facts
from journal import Journal
from lives import Broken, Life, draw_moment, pause
from load import Load
from report import print_faults, print_report
from rest import Rest
from traffic import MAX_RETRIES, tag_of
from verdict import HELD, Evidence, Fault, Sighting, judge, judge_released

CLIENTS = 12
REST_WITHIN_S = 120.0   # until the clients are answered, and until nothing waits any more
LOOK_AT_REST_S = 0.05   # between two looks at what the host still has to do
WHOLE_LOOKS = 20        # at the whole database in the state in which a kill left it, in one run
# Lives are short: were the time-out of a silent provider much longer, all of a lane's window would go to such calls.
SETTINGS = {
    "API_WORKER_MAX_RETRIES": str(MAX_RETRIES), "API_WORKER_BACKOFF_BASE_MS": "20",
    "API_WORKER_BACKOFF_MAX_MS": "200", "API_DISPATCH_TIMEOUT_MS": "300", "API_BREAKER_ERROR_THRESHOLD": "20",
    "API_BREAKER_OPEN_SECS": "1",
}
# What is left at last is what fails by its fate. A breaker would rightly try it once a second, for hours.
AT_REST = {"API_BREAKER_ERROR_THRESHOLD": "1000000000"}


class Run:
    """One run, on a folder of its own."""

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.seen_path = os.path.join(folder, "seen")
        self.journal = Journal(os.path.join(folder, "journal"))
        self.load = Load(arguments.seed, CLIENTS, arguments.rate, self.journal)
        self.environment = {**SETTINGS, "API_PLUGIN_DIR": os.path.abspath(arguments.witness),
                            "API_UNCERTAIN_POLICY": arguments.policy, "WITNESS_FILE": self.seen_path}
        self.random = random.Random(f"moments {arguments.seed}")
        self.kill = 0  # the number of the life at hand, and of the kill that ends it
        self.faults = []
        self.flights = {}
        self.moments = []
        self.ready_s = []
        self.evidence = None
        self.released = 0
        self.began = time.monotonic()

    def go(self):
        self.load.start()
        try:
            while self.kill < self.arguments.kills and not self.faults:
                self.kill += 1
                self.live_and_die()
            self.kill += 1
            if not self.faults:
                self.rest()
        except (Broken, OSError, ValueError, http.client.HTTPException, sqlite3.Error) as error:
            self.fault(self.kill, f"{type(error).__name__}: {error}")
        self.faults += [Fault(*fault) for fault in self.journal.faults]
        return not self.faults

    def fault(self, kill, text):
        self.faults.append(Fault(kill, text))

    def life(self, **settings):
        return Life(self.kill, self.arguments.herald, {**self.environment, **settings}, self.folder, self.load.door,
                    self.arguments.ready_within)

    def live_and_die(self):
        moment = draw_moment(self.random)
        life = self.life()
        life.begin()
        life.end_at(moment)
        self.moments.append(moment.kind)
        if life.ready_s is not None:
            self.ready_s.append(life.ready_s)
        self.look_at_what_is_left(life)
        if self.arguments.progress and self.kill % self.arguments.progress == 0:
            print(f"  {self.kill} kills, {len(self.journal.acknowledged)} acknowledged, "
                  f"{time.monotonic() - self.began:.0f} s", flush=True)

    def look_at_what_is_left(self, life):
        with store_facts.opened(self.data) as database:
            if database is None:
                self.flights[self.kill] = set()
                return
            rows = store_facts.in_flight(database)
            self.flights[self.kill] = {(tag_of(head), attempt) for head, attempt, _ in rows}
            if life.ready_s is not None:
                for head, attempt, claimed_at in rows:
                    if claimed_at < life.began_unix_ms:
                        self.fault(self.kill, f"{tag_of(head)}: attempt {attempt} still dispatching since "
                                              f"{life.began_unix_ms - claimed_at} ms before this life began, "
                                              "expected to be resolved by its start")
            if self.kill % max(5, self.arguments.kills // WHOLE_LOOKS) == 0:
                for text in store_facts.half(database, "quick_check"):
                    self.fault(self.kill, "in the database as the kill left it: " + text)

    def rest(self):
        """The last life is not killed: it answers every client, does all that is to be done, and ends well."""
        life = self.life(**AT_REST)
        life.begin()
        try:
            life.wait_until_ready()
            self.ready_s.append(life.ready_s)
            if not self.load.end(REST_WITHIN_S):
                raise Broken(f"clients still without an answer after {REST_WITHIN_S:g} s without a kill")
            self.wait_until_nothing_waits()
            rest = Rest(life.host)
            self.evidence = Evidence(self.arguments.policy, self.journal, rest.all_messages(), self.sightings(),
                                     self.flights)
            self.faults += judge(self.evidence)
            self.faults += rest.judge_conversations(len(self.evidence.records))
            if self.arguments.policy == "hold":
                self.release(rest)
            life.host.drain()
            code = life.host.wait()
            if code != 0:
                self.fault(self.kill, f"the host ended with {code} on SIGTERM, expected 0")
        finally:
            life.host.kill()
        self.judge_store()

    def wait_until_nothing_waits(self):
        deadline = time.monotonic() + REST_WITHIN_S
        while True:
            with store_facts.opened(self.data) as database:
                left = store_facts.waiting(database)
            if left == 0 or time.monotonic() > deadline:
                return  # what is left is stuck, and the verdict names it
            pause(LOOK_AT_REST_S)

    def sightings(self):
        with open(self.seen_path, encoding="ascii") as file:
            rows = [line.split() for line in file]
        return [Sighting(int(life), tag, token, int(attempt), int(at_us) / 1e6)
                for life, tag, token, attempt, at_us in rows]

    def release(self, rest):
        """What is held can be told from other dead letters, listed, and let go: one by its id, the others at once."""
        held = {tag for tag, _ in self.evidence.uncertain}
        listed = rest.messages(f"status=failed&error_code={HELD}")
        found = {tag_of(record["body"]) for record in listed}
        if found != held:
            self.fault(0, f"listed as held: {len(found)}, in flight at a kill: {len(held)}; "
                          f"only one of the two has {sorted(found ^ held)[:5]}")
        if not listed:
            return
        rest.post(f"/api/messages/{listed[0]['id']}/retry")
        count = rest.post(f"/api/messages/retry?status=failed&error_code={HELD}")["retried"]
        if count != len(listed) - 1:
            self.fault(0, f"the bulk retry of what is held answers {count}, expected {len(listed) - 1}")
        self.wait_until_nothing_waits()
        after = {tag_of(record["body"]): record for record in (rest.message(record["id"]) for record in listed)}
        self.faults += judge_released(self.evidence, found, after, self.sightings())
        self.released = len(after)

    def judge_store(self):
        with store_facts.opened(self.data) as database:
            for text in store_facts.half(database):
                self.fault(0, "in the database at rest: " + text)
            counts, outbound = store_facts.statuses(database), store_facts.outbound(database)
            if sum(counts.values()) - counts["received"] != outbound or counts["pending"] or counts["dispatching"]:
                self.fault(0, f"in the database at rest: {outbound} accepted, of which {counts}")
            self.judge_keys(database)

    def judge_keys(self, database):
        """No key without its message is the database's own rule; here: no keyed message without its key."""
        keys = {tag_of(head) for head in store_facts.keyed(database)}
        expected = {tag for tag in self.evidence.by_tag
                    if tag in self.journal.requests and self.journal.requests[tag].key}
        if keys != expected:
            self.fault(0, f"{len(keys)} messages have a key in the store, {len(expected)} were sent with one; "
                          f"only one of the two has {sorted(keys ^ expected)[:5]}")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--witness", required=True, help="the folder of the built providers witness_*.so")
    parser.add_argument("--kills", type=int, default=25, help="how many lives end by SIGKILL (default 25)")
    parser.add_argument("--seed", type=int, default=20260103, help="of requests and moments (default 20260103)")
    parser.add_argument("--policy", choices=("resend", "hold"), default="resend", help="API_UNCERTAIN_POLICY")
    parser.add_argument("--rate", type=float, default=800.0, help="the most requests a second (default 800)")
    parser.add_argument("--ready-within", type=float, default=15.0, help="seconds for every start (default 15)")
    parser.add_argument("--progress", type=int, default=0, help="kills between two lines that tell how far it is")
    return parser.parse_args()


def main():
    arguments = parsed()
    print(f"Running with --seed {arguments.seed} --kills {arguments.kills} --policy {arguments.policy}", flush=True)
    folder = tempfile.mkdtemp(prefix="herald-crash-")
    run = Run(arguments, folder)
    passed = run.go()
    if run.evidence:
        print_report(run)
    if passed:
        shutil.rmtree(folder)
        print("Nothing acknowledged was lost, and nothing went out twice that was not in flight at a kill")
        return 0
    print_faults(run)
    return 1


if __name__ == "__main__":
    sys.exit(main())
