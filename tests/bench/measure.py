"""What the suite and the comparison share: the disk's own speed, runs of `herald bench`, and tables that name their
conditions."""

import json
import os
import subprocess
import time

from measured_host import MeasuredHost

from clients import percentile, print_table  # (found by measured_host's path)

LEGEND = """mix a: 188 bytes of JSON with a text of 68, from 1,000 senders to 9,000 recipients, no idempotency key
mix b: 1,144 bytes of JSON with a text of 1,024, 100,000 conversations, a random idempotency key with each"""
DRAIN_PATIENCE_S = 600
POLL_S = 0.02


def disk(folder, seconds=1.0):
    """What a 4 KB append with fdatasync costs here and now: (its median in ms, how many a second)."""
    path = os.path.join(folder, "fdatasync.probe")
    block = os.urandom(4096)
    took = []
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        began = time.monotonic()
        while not took or time.monotonic() - began < seconds:
            at = time.monotonic()
            os.write(file, block)
            os.fdatasync(file)
            took.append((time.monotonic() - at) * 1000)
        rate = len(took) / (time.monotonic() - began)
    finally:
        os.close(file)
        os.unlink(path)
    return percentile(took, 0.5), rate


def load(herald, url, *arguments):
    """One run of `herald bench`; its report."""
    run = subprocess.run([os.path.abspath(herald), "bench", url, "--json", "-", *map(str, arguments)],
                         capture_output=True, text=True, check=False)
    if not run.stdout.startswith("{"):
        raise RuntimeError(f"herald bench {url} {arguments}: exit {run.returncode}: {run.stderr}")
    report = json.loads(run.stdout)
    others = {**report["other_answers"], **{k: v for k, v in report["unanswered"].items() if v}}
    if others:
        report["others"] = others
    return report


class Served(MeasuredHost):
    """A host on a data folder, as an operator would run it but for the rate limits."""

    def __init__(self, binary, data, dispatch="on", **settings):
        os.makedirs(os.path.dirname(data), exist_ok=True)
        super().__init__(binary, data, {"API_DURABILITY": "power", "API_DISPATCH": dispatch, "API_LOG_FORMAT": "text",
                                        "API_QUEUE_MAX": "1000000000", **settings})

    @property
    def pid(self):
        return self._process.pid

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def sent(self):
        return self.counters()["provider_sms_mms_success"]


def sustained(herald, url, sent, seconds, *arguments):
    """A closed loop on a system that also dispatches: (accepted a second, a second until the last has gone, report).
    `sent` tells how many have."""
    before = sent()
    began = time.monotonic()
    report = load(herald, url, "--duration", seconds, *arguments)
    wanted = before + report["answered_2xx"] + report["replayed"]
    while sent() < wanted:
        if time.monotonic() - began > seconds + DRAIN_PATIENCE_S:
            raise RuntimeError(f"{wanted - sent()} of {report['answered_2xx']} messages have not gone out")
        time.sleep(POLL_S)  # tidy: sleeps because it samples
    return report["per_s"], report["answered_2xx"] / (time.monotonic() - began), report


class Table:
    """Rows of one run, each with its mix and the rows that lay in the store."""

    def __init__(self):
        self.rows = []
        self.short = 0

    def add(self, measure, figure, wanted="", good=None, mix=None, rows=""):
        verdict = {True: "yes", False: "NO", None: ""}[good]
        self.short += good is False
        self.rows.append([measure, mix or "", rows, figure, wanted, verdict])

    def show(self):
        print_table(["measure", "mix", "rows before", "seen", "wanted", "met"], self.rows, texts=6)


def conditions(folder):
    """The line over every table."""
    p50, rate = disk(folder)
    load_1, _, _ = os.getloadavg()
    print(f"{os.cpu_count()} cores, generator on the same; load {load_1:.2f} before; durability power (fsync before "
          f"each 202); 4 KB fdatasync p50 {p50:.3f} ms, {rate:.0f}/s\n{LEGEND}", flush=True)
    return rate


def count(number):
    return f"{number:,.0f}"


def latencies(report):
    found = report["latency_ms"]
    text = ", ".join(f"{name} {found[name]:.2f}" for name in ("p50", "p99", "p99.9"))
    return text + (f"; others: {report['others']}" if "others" in report else "")
