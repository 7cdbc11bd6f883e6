"""The lives of the host: each is started on what the one before left, and killed at a moment drawn from a seed."""

import collections
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from eventually import eventually  # noqa: E402,F401: for the scripts of this folder
from herald_host import HeraldHost  # noqa: E402

LOOK_S = 0.001
KEPT_LOGS = 3
CHECKPOINT_PATIENCE_S = 2.0

# What a kill is to hit, how often, and the two spans from which its delays are drawn, in seconds:
#   serving     that long after the host is ready
#   start       that long after the process is there, ready or not
#   recovery    that long after the start has first written to the database or its log
#   checkpoint  that long after the database file itself is first written to while the host serves
#   drain       SIGTERM that long after it is ready, and SIGKILL that long behind it, unless it has ended by then
KINDS = {
    "serving": (40, 0.8, 0.0), "start": (20, 0.15, 0.0), "recovery": (15, 0.02, 0.0),
    "checkpoint": (10, 0.005, 0.0), "drain": (15, 0.4, 0.1),
}
Moment = collections.namedtuple("Moment", "kind first_s second_s")


def draw_moment(random):
    kind = random.choices(list(KINDS), [share for share, _, _ in KINDS.values()])[0]
    _, first_s, second_s = KINDS[kind]
    return Moment(kind, random.uniform(0, first_s), random.uniform(0, second_s))


class Broken(Exception):
    """The host did what no kill explains: the run ends here."""


class Life:
    """One process on the folder that all lives share."""

    def __init__(self, number, binary, environment, folder, door, ready_within_s):
        self.number = number
        self.host = HeraldHost(binary, {**environment, "WITNESS_LIFE": str(number)}, folder=folder)
        self.host.log_path = os.path.join(folder, f"log-{number}")
        self.ready_s = None  # from the start of the process
        self._door = door
        self._ready_within_s = ready_within_s
        self._database = os.path.join(folder, "data", "herald.db")
        self._began = 0.0
        self.began_unix_ms = 0
        self._before = None

    def begin(self):
        outdated = self.host.log_path.replace(f"log-{self.number}", f"log-{self.number - KEPT_LOGS}")
        if os.path.exists(outdated):
            os.remove(outdated)
        self._before = self._signature(whole=True)
        self.began_unix_ms = int(time.time() * 1000)
        self._began = time.monotonic()
        self.host.spawn()

    def wait_until_ready(self):
        self._watch(lambda: self.ready_s is not None)

    def end_at(self, moment):
        """Lives until the moment has come, and is killed then. Raises Broken when it ends otherwise."""
        try:
            self._live_until(moment)
        finally:
            code = self.host.kill()
            self._door.close()
        drained = moment.kind == "drain" and code == 0
        if code != -signal.SIGKILL and not drained:
            raise Broken(f"the host ended by itself with {code}; its log's end:\n{self.host.raw_log()[-3000:]}")

    def _live_until(self, moment):
        if moment.kind == "start":
            return self._pass(moment.first_s)
        if moment.kind == "recovery":
            self._watch(lambda: self.ready_s is not None or self._signature(whole=True) != self._before)
            return self._pass(moment.first_s)
        self.wait_until_ready()
        if moment.kind == "checkpoint":
            before, deadline = self._signature(whole=False), time.monotonic() + CHECKPOINT_PATIENCE_S
            self._watch(lambda: self._signature(whole=False) != before or time.monotonic() > deadline)
        self._pass(moment.first_s)
        if moment.kind == "drain":
            self.host.drain()
            deadline = time.monotonic() + moment.second_s
            while self.host.exit_code() is None and time.monotonic() < deadline:
                pause(LOOK_S)

    def _pass(self, seconds):
        deadline = time.monotonic() + seconds
        self._watch(lambda: time.monotonic() >= deadline)

    def _watch(self, until):
        """Looks at the start as long as it goes on, until the condition holds."""
        while not until():
            if self.ready_s is None:
                self._look_at_start()
            if self.host.exit_code() is not None:
                raise Broken(f"the host ended by itself with {self.host.exit_code()}; its log's end:\n"
                             f"{self.host.raw_log()[-3000:]}")
            pause(LOOK_S)

    def _look_at_start(self):
        now_s = time.monotonic() - self._began
        if self.host.port is None:
            self.host.port = self.host.port_told_by("http.listening")
            if self.host.port is not None:
                self._door.open(self.host, self.number)
        elif self.host.port_told_by("herald.ready") is not None:
            status, _, body = self.host.call("GET", "/readyz")
            if status != 200:
                raise Broken(f"herald.ready is in the log, and /readyz answers {status}: {body[:300]!r}")
            self.ready_s = now_s
        if now_s > self._ready_within_s:
            raise Broken(f"the host is not ready after {now_s:.1f} s, expected within {self._ready_within_s:g}; "
                         f"its log's end:\n{self.host.raw_log()[-3000:]}")

    def _signature(self, whole):
        """Changes when the database file is written to; `whole`: or its write-ahead log."""
        return [stamp(self._database), stamp(self._database + "-wal") if whole else None]


def stamp(path):
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def pause(seconds):
    time.sleep(seconds)  # tidy: sleeps because moments are what is tested
