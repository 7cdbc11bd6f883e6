"""Herald beside its peers, side by side and in turn within one run, and the ratios.

A bare Pistache endpoint parses the same JSON, stores nothing and answers 202. Kannel takes the same messages by its own
HTTP interface and hands them to fakesmsc; it writes its store and never waits for the disk. Herald waits for an fsync
before every 202. The generator is the same for all: `herald bench`. Each round runs all of them once; figures are
medians over the rounds, ratios are of medians.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile

from kannel import Kannel, free_ports, installed
from measure import Served, Table, conditions, count, disk, load, sustained
from measured_host import BACKLOG_PROVIDER

from clients import eventually  # noqa: E402 (found by measured_host's path)

CONNECTIONS = 64


class Comparison:
    """One run of all of them; `figures` by name, a value for each round."""

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder
        self.figures = {}
        self.rows = 0

    def note(self, name, figure):
        self.figures.setdefault(name, []).append(figure)
        print(f"  {name}: {count(figure)}", file=sys.stderr, flush=True)

    def median(self, name):
        return statistics.median(self.figures[name])

    def load(self, url, *arguments):
        return load(self.arguments.herald, url, "--connections", CONNECTIONS, "--duration", self.arguments.seconds,
                    *arguments)

    def fresh(self, name):
        return tempfile.mkdtemp(prefix=name + "-", dir=self.folder)

    def pistache(self):
        port = free_ports(1)[0]
        with subprocess.Popen([os.path.abspath(self.arguments.pistache), str(port)]) as server:
            try:
                url = f"http://127.0.0.1:{port}"
                eventually(lambda: answers(self.arguments.herald, url), 10)
                for mix in "ab":
                    self.note(f"pistache {mix}", self.load(url + "/", "--mix", mix, "--warmup", 1)["per_s"])
            finally:
                server.kill()

    def accept(self):
        for mix in "ab":
            data = os.path.join(self.fresh("accept"), "data")
            if mix == "b":
                subprocess.run([os.path.abspath(self.arguments.fill), data, str(self.arguments.rows), BACKLOG_PROVIDER,
                                "mix-b"], check=True)
            with Served(self.arguments.herald, data, dispatch="off") as host:
                self.note(f"herald accepts {mix}", self.load(host.url, "--mix", mix, "--warmup", 1)["per_s"])
                host.terminate()

    def send(self):
        with Served(self.arguments.herald, os.path.join(self.fresh("send"), "data")) as host:
            _, settled, _ = sustained(self.arguments.herald, host.url, host.sent, self.arguments.seconds,
                                      "--connections", CONNECTIONS)
            self.note("herald sends a", settled)
            host.terminate()

    def kannel(self, store):
        with Kannel(self.fresh("kannel"), store) as kannel:
            _, sent, _ = sustained(self.arguments.herald, kannel.url, kannel.sent, self.arguments.seconds,
                                   "--connections", CONNECTIONS, "--get", kannel.paths())
            self.note(f"kannel {store} sends a", sent)

    def one(self):
        _, before = disk(self.folder)
        with Served(self.arguments.herald, os.path.join(self.fresh("one"), "data"), dispatch="off") as host:
            report = load(self.arguments.herald, host.url, "--connections", 1, "--duration", self.arguments.seconds)
            host.terminate()
        _, after = disk(self.folder)
        self.note("fdatasync", (before + after) / 2)
        self.note("herald one", report["per_s"])

    def round(self, with_kannel):
        self.pistache()
        self.accept()
        if with_kannel:
            self.kannel("spool")
        self.send()
        if with_kannel:
            self.kannel("file")
        self.one()

    def table(self):
        table = Table()
        for mix, rows in (("a", "keeps nothing"), ("b", "keeps nothing")):
            table.add("bare Pistache endpoint, answered/s", count(self.median("pistache " + mix)), mix=mix, rows=rows)
        for store in ("spool", "file"):
            if f"kannel {store} sends a" in self.figures:
                table.add(f"Kannel, {store} store, taken and sent/s", count(self.median(f"kannel {store} sends a")),
                          mix="a, in a URL", rows="0, never fsynced")
        for mix, rows, wanted in (("a", "0", 0.7), ("b", count(self.arguments.rows), 0.4)):
            found = self.median("herald accepts " + mix)
            ratio = found / self.median("pistache " + mix)
            table.add("Herald, accepted/s, dispatch off", f"{count(found)}, {ratio:.2f} x Pistache", f"{wanted} x",
                      ratio >= wanted, mix, rows)
        found = self.median("herald sends a")
        if "kannel spool sends a" in self.figures:
            ratio = found / self.median("kannel spool sends a")
            table.add("Herald, accepted, sent and settled/s", f"{count(found)}, {ratio:.2f} x Kannel's spool",
                      "10,000 and 2.5 x", found >= 10_000 and ratio >= 2.5, "a", "0")
        else:
            table.add("Herald, accepted, sent and settled/s", count(found), "10,000", found >= 10_000, "a", "0")
        ratio = self.median("herald one") / self.median("fdatasync")
        table.add("Herald, one connection, accepted/s", f"{count(self.median('herald one'))}, {ratio:.2f} x fdatasync",
                  "0.55 x", ratio >= 0.55, "a", "0")
        return table


def answers(herald, url):
    try:
        return load(herald, url + "/", "--requests", 1, "--connections", 1)["answered_2xx"] == 1
    except RuntimeError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("herald", "fill", "pistache"):
        parser.add_argument("--" + name, required=True, help="the program")
    parser.add_argument("--seconds", type=int, default=15, help="of each load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000_000, help="in the store before mix B")
    parser.add_argument("--without-kannel", action="store_true", help="its two stores are left out")
    arguments = parser.parse_args()
    if not arguments.without_kannel and not installed():
        print("bench-compare: found no Kannel; expected bearerbox, smsbox and fakesmsc of Debian's packages. As root, "
              "run: apt-get install $(sed 's/#.*//' bin/packages-bench.txt)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="herald-compare-", dir=os.environ.get("HERALD_BENCH_DIR")) as folder:
        conditions(folder)
        comparison = Comparison(arguments, folder)
        for turn in range(arguments.rounds):
            print(f"round {turn + 1} of {arguments.rounds}", file=sys.stderr, flush=True)
            comparison.round(not arguments.without_kannel)
        table = comparison.table()
        table.show()
    print(f"medians of {arguments.rounds} rounds of {arguments.seconds} s each; {table.short} figures short of what is "
          "wanted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
