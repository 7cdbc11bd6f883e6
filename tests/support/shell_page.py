"""A page of documentation as a session at a shell: its commands are run against a host, its answers compared.

A block in `sh` is run. `NAME=value bin/run` in one starts a host, on a free port in place of 8080, and ends the one
before; `API_DATA_DIR=$(mktemp -d)` gives it an empty store, otherwise the hosts of a page share theirs. The block that
follows, in `json`, `jsonc`, `http` or `text`, shows what the commands print. Reads are repeated until that comes.
"""

import collections
import re
import shlex
import subprocess
import tempfile

from support.eventually import eventually
from support.herald_host import HeraldHost
from support.shown_answer import OF, Bindings

PORT = "127.0.0.1:8080"
NEW_FOLDER, EMPTY = "$(mktemp -d)", "<empty>"
# What a person who starts bin/run has; HeraldHost switches them off.
LIMITS = {"API_RATE_LIMIT_PER_IP_PER_MIN": "120", "API_RATE_LIMIT_PER_SENDER_PER_MIN": "60"}
# Not run: they would run this test again, or take minutes. What they name must exist all the same.
ELSEWHERE = ("bin/test", "make")

Block = collections.namedtuple("Block", "line language text")


def blocks(page):
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return [Block(text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2))
            for match in re.finditer(r"^```(\w*)\n(.*?)^```", text, re.M | re.S)]


def commands(text):
    """The commands of a shell block, continued lines joined and comments left out."""
    joined = text.replace("\\\n", " ")
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in joined.splitlines())
    return [line for line in lines if line]


def is_read(text):
    """Whether running the block again changes nothing."""
    words = set(text.split())
    return not words & {"-d", "--data", "--data-binary", "--data-urlencode", "-X", "--request"}


class ShellPage:
    """Runs one page; `faults` tells what was other than shown, `ran` how many commands there were."""

    def __init__(self, root, path, binary):
        self._root = root
        self._path = path
        self._binary = binary
        self._bindings = Bindings()
        self._host = None
        self._data = None
        self.faults = []
        self.ran = 0

    def run(self):
        with tempfile.TemporaryDirectory(prefix="herald-page-") as self._data:
            try:
                self._run_blocks()
            finally:
                if self._host is not None:
                    self._host.__exit__()

    def _run_blocks(self):
        page = blocks(self._root / self._path)
        for index, block in enumerate(page):
            if block.language != "sh":
                continue
            shown = page[index + 1] if index + 1 < len(page) and page[index + 1].language in OF else None
            rest = []
            for command in commands(block.text):
                self.ran += 1
                words = shlex.split(command.replace(NEW_FOLDER, EMPTY))
                program = next((word for word in words if not re.match(r"[A-Z_]+=", word)), "")
                if program == "bin/run":
                    self._start(words[:words.index(program)])
                elif program in ELSEWHERE:
                    self._look_up(block, words)
                else:
                    rest.append(command)
            if rest:
                self._compare(block, "\n".join(rest), shown)

    def _fault(self, block, text):
        self.faults.append(f"{self._path}:{block.line}: {text}")

    def _start(self, assignments):
        if self._host is not None:
            self._host.terminate()
            self._host.__exit__()
        environment = {**LIMITS, "API_DATA_DIR": self._data, **dict(word.split("=", 1) for word in assignments)}
        if environment["API_DATA_DIR"] == EMPTY:
            del environment["API_DATA_DIR"]  # the host's own folder, which is empty
        self._host = HeraldHost(self._binary, environment)
        self._host.__enter__()

    def _look_up(self, block, words):
        makefile = (self._root / "Makefile").read_text(encoding="utf-8")
        for target in words[1:] if words[0] == "make" else []:
            if not re.search(rf"^{re.escape(target)}:", makefile, re.M):
                self._fault(block, f"the Makefile has no target {target}")

    def _compare(self, block, script, shown):
        if self._host is None:
            return self._fault(block, "a command before any bin/run")
        if shown is None:
            return self._fault(block, "commands without the answer that they get")
        last = []

        def matches():
            bindings = self._bindings.copy()
            done = self._run_script(bindings.applied(script))
            last[:] = OF[shown.language](shown.text, done.stdout, bindings)
            if done.returncode != 0:
                last.append(f"ended with {done.returncode}: {done.stderr}")
            if not last:
                self._bindings = bindings
            return not last

        if is_read(script):
            eventually(matches, within_s=20)
        else:
            matches()
        for text in last:
            self._fault(shown, text)

    def _run_script(self, script):
        script = script.replace(PORT, f"127.0.0.1:{self._host.port}")
        return subprocess.run(["bash", "-euc", script], capture_output=True, text=True, timeout=60, check=False)
