"""The figures of Herald alone, on fresh data folders with an fsync before every 202.

Every line names what was sent and how many rows were there. The generator is `herald bench`, on the same machine, and
takes its share of it. Figures of two runs are comparable only as far as their fdatasync and their load are.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time

from measure import POLL_S, Served, Table, conditions, count, disk, latencies, load, sustained
from measured_host import BACKLOG_PROVIDER, MIB

from clients import eventually, percentile  # noqa: E402 (found by measured_host's path)

CONNECTIONS = 64


class Suite:
    """One run. `sizes` are the command line's."""

    def __init__(self, sizes, folder):
        self.sizes = sizes
        self.folder = folder
        self.table = Table()
        self.herald = sizes.herald
        self.peak = 0.0  # accepted, dispatched and settled a second

    def data(self, name):
        return os.path.join(self.folder, name, "data")

    def fill(self, data, rows):
        os.makedirs(os.path.dirname(data), exist_ok=True)
        subprocess.run([os.path.abspath(self.sizes.fill), data, str(rows), BACKLOG_PROVIDER, "mix-b"], check=True)

    def accept(self):
        for mix, rows in (("a", 0), ("b", self.sizes.rows)):
            data = self.data("accept-" + mix)
            if rows:
                self.fill(data, rows)
            with Served(self.herald, data, dispatch="off") as host:
                report = load(self.herald, host.url, "--mix", mix, "--connections", CONNECTIONS,
                              "--duration", self.sizes.seconds, "--warmup", self.sizes.warmup)
                self.table.add(f"accepted/s, {CONNECTIONS} connections, dispatch off", count(report["per_s"]),
                               mix=mix, rows=count(rows))
                host.terminate()

    def dispatch(self):
        with Served(self.herald, self.data("dispatch")) as host:
            accepted, settled, _ = sustained(self.herald, host.url, host.sent, self.sizes.sustained,
                                             "--mix", "a", "--connections", CONNECTIONS)
            self.peak = settled
            self.table.add(f"accepted, dispatched and settled/s, {self.sizes.sustained} s",
                           f"{count(settled)} (accepted {count(accepted)})", "10,000", settled >= 10_000, "a", "0")
            host.terminate()

    def one_connection(self):
        _, before = disk(self.folder)
        with Served(self.herald, self.data("one"), dispatch="off") as host:
            report = load(self.herald, host.url, "--connections", 1, "--duration", self.sizes.seconds)
            host.terminate()
        _, after = disk(self.folder)
        ratio = report["per_s"] / ((before + after) / 2)
        self.table.add("one connection, one request in flight: /s",
                       f"{count(report['per_s'])}, {ratio:.2f} x fdatasync", "0.55 x", ratio >= 0.55, "a", "0")

    def half_peak(self):
        rate = max(1, int(self.peak / 2))
        data = self.data("half")
        with Served(self.herald, data) as host:
            report = load(self.herald, host.url, "--rate", rate, "--connections", CONNECTIONS,
                          "--duration", self.sizes.seconds, "--warmup", self.sizes.warmup)
            good = (report["latency_ms"]["p50"] <= 2 and report["latency_ms"]["p99"] <= 10 and
                    report["latency_ms"]["p99.9"] <= 50 and "others" not in report)
            self.table.add(f"202 in ms, open loop at {count(rate)}/s, dispatching", latencies(report),
                           "p50 2, p99 10, p99.9 50", good, "a", "0")
            accepted = host.counters()["dispatch_attempts"]
            eventually(lambda: host.sent() >= accepted, 60, POLL_S)
            host.terminate()
        waits = self.waits(data)
        self.table.add(f"accepted to called in ms, at {count(rate)}/s (in steps of 1 ms)",
                       f"p50 {percentile(waits, 0.5)}, p99 {percentile(waits, 0.99)}", "p99 20",
                       percentile(waits, 0.99) <= 20, "a", "0")

    @staticmethod
    def waits(data):
        """Of every message: from its acceptance, before its commit, to the first call of its provider, in ms."""
        database = sqlite3.connect(os.path.join(data, "herald.db"))
        try:
            return [row[0] for row in database.execute(
                "SELECT started_at - accepted_at FROM attempt JOIN message ON id = message_id WHERE number = 1")]
        finally:
            database.close()

    def store_alone(self):
        figures = self.google(self.sizes.mix_bench, self.sizes.curve)
        least = f"accept_mix_b/rows:{self.sizes.curve_ends[0]}"
        for name, wanted in (("accept_mix_a/rows:0", 40_000), (least, 20_000)):
            mix = name[11]
            found = figures[name]["items_per_second"]
            self.table.add("store alone, batches of 256: messages/s", count(found), count(wanted), found >= wanted, mix,
                           count(int(name.split(":")[1])))
        curve = [(rows, 1e6 / figures[f"accept_mix_b/rows:{rows}"]["items_per_second"])
                 for rows in self.sizes.curve_ends]
        ratio = curve[-1][1] / curve[0][1]
        text = ", ".join(f"{count(rows)}: {cost:.0f}" for rows, cost in curve)
        self.table.add("store alone: us per message, by rows", f"{text}; {ratio:.2f} x", "1.5 x", ratio <= 1.5, "b",
                       "as shown")

    def settle(self):
        figures = self.google(self.sizes.dispatch_bench, f"dispatch_to_null/{self.sizes.settle}/")
        found = next(iter(figures.values()))["messages_per_s"]
        self.table.add("claimed and settled/s, null provider", count(found), "20,000", found >= 20_000,
                       mix="68 B, one pair, no key", rows=f"{count(self.sizes.settle)} queued")

    def google(self, binary, pattern):
        environment = {**os.environ, "HERALD_BENCH_DIR": self.folder}
        run = subprocess.run([os.path.abspath(binary), f"--benchmark_filter={pattern}", "--benchmark_format=json"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True, env=environment)
        return {"/".join(item["name"].split("/")[:2]): item for item in json.loads(run.stdout)["benchmarks"]}

    def reads(self):
        data = self.data("reads")
        self.fill(data, self.sizes.read_rows)
        rows = count(self.sizes.read_rows)
        with Served(self.herald, data, dispatch="off") as host:
            for name, paths, rate in (("GET /api/messages/{id}", self.message_paths(host), 200),
                                      ("GET first pages", self.first_pages(), 50),
                                      ("GET first pages with filters", self.filtered_pages(), 50)):
                file = os.path.join(self.folder, "paths")
                with open(file, "w", encoding="ascii") as out:
                    out.write("\n".join(paths) + "\n")
                report = load(self.herald, host.url, "--get", file, "--rate", rate, "--duration", self.sizes.seconds,
                              "--warmup", self.sizes.warmup)
                self.table.add(f"{name} in ms, open loop at {rate}/s", latencies(report), "p99 5",
                               report["latency_ms"]["p99"] <= 5 and "others" not in report, "b", rows)
            host.terminate()

    def conversations(self):
        chosen = random.Random(1)
        return [chosen.randint(1, min(100_000, max(1, self.sizes.read_rows // 4))) for _ in range(100)]

    def message_paths(self, host):
        """Messages from all over the store: those of conversations drawn at random."""
        link = host.connect()
        paths = []
        for number in self.conversations():
            page = host.read_json(f"/api/conversations/{number}/messages", link)
            paths += ["/api/messages/" + item["id"] for item in page["items"]]
        return paths

    def first_pages(self):
        return ["/api/messages", "/api/conversations"] * 10 + [
            f"/api/conversations/{number}/messages" for number in self.conversations()[:20]]

    @staticmethod
    def filtered_pages():
        return ["/api/messages?status=pending", "/api/messages?to=%2B12012000007", "/api/messages?from=%2B12013000007",
                "/api/messages?channel=sms&provider=sms-mms"]

    def memory_and_start(self):
        took = []
        for turn in range(self.sizes.starts):
            began = time.monotonic()
            with Served(self.herald, self.data(f"start-{turn}")) as host:
                took.append((time.monotonic() - began) * 1000)
                resident = host.memory()[0]
                host.terminate()
        found = percentile(took, 0.5)
        self.table.add("ready after its start, in ms", f"{found:.0f} (median of {len(took)})", "300", found <= 300,
                       rows="0")
        self.table.add("resident after start, in MiB", f"{resident / MIB:.0f}", "64", resident <= 64 * MIB, rows="0")
        data = self.data("queued")
        self.fill(data, self.sizes.queued)
        with Served(self.herald, data) as host:
            eventually(lambda: host.sent() > 0, 60, POLL_S)
            load(self.herald, host.url, "--duration", self.sizes.seconds, "--mix", "b")
            resident = host.memory()[1]
            host.kill()
        self.table.add("resident at most, long queue, under load, in MiB", f"{resident / MIB:.0f}", "512",
                       resident <= 512 * MIB, "b", f"{count(self.sizes.queued)} queued")


def sizes_of(arguments):
    sizes = arguments
    sizes.warmup = 2
    sizes.starts = 5
    sizes.settle = 100_000
    sizes.curve_ends = [rows for rows in (10_000, 100_000, 1_000_000, 10_000_000) if rows <= sizes.rows]
    if sizes.smoke:
        sizes.seconds = sizes.sustained = sizes.starts = 1
        sizes.warmup = 0
        sizes.rows = sizes.read_rows = sizes.queued = 2_000
        sizes.settle = 600
        sizes.curve_ends = [1_000]
    sizes.curve = "mix_a|mix_b/rows:(" + "|".join(map(str, sizes.curve_ends)) + ")/"
    return sizes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("herald", "fill", "mix-bench", "dispatch-bench"):
        parser.add_argument("--" + name, required=True, help="the program")
    parser.add_argument("--seconds", type=int, default=20, help="of each load")
    parser.add_argument("--sustained", type=int, default=60, help="seconds of the load that is dispatched too")
    parser.add_argument("--rows", type=int, default=1_000_000, help="in the store before mix B, and the curve's end")
    parser.add_argument("--read-rows", type=int, default=1_000_000, help="in the store that is read")
    parser.add_argument("--queued", type=int, default=1_000_000, help="messages queued when memory is looked at")
    parser.add_argument("--only", default="", help="some parts alone, with commas between")
    parser.add_argument("--smoke", action="store_true", help="a small run, which proves only that this runs")
    sizes = sizes_of(parser.parse_args())
    with tempfile.TemporaryDirectory(prefix="herald-suite-", dir=os.environ.get("HERALD_BENCH_DIR")) as folder:
        suite = Suite(sizes, folder)
        conditions(folder)
        parts = [suite.accept, suite.dispatch, suite.one_connection, suite.half_peak, suite.store_alone, suite.settle,
                 suite.reads, suite.memory_and_start]
        chosen = sizes.only.split(",") if sizes.only else [part.__name__ for part in parts]
        unknown = set(chosen) - {part.__name__ for part in parts}
        if unknown:
            parser.error(f"--only names {', '.join(sorted(unknown))}; expected some of "
                         + ", ".join(part.__name__ for part in parts))
        for part in parts:
            if part.__name__ in chosen:
                print(f"  {part.__name__} ...", file=sys.stderr, flush=True)
                part()
        suite.table.show()
    print(f"{len(suite.table.rows)} figures, {suite.table.short} short of what is wanted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
