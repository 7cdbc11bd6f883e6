"""Where the time of an accepted message goes: the processor by thread and by function, system calls, allocations.

Three hosts, one after another, each on a data folder of its own and under the same closed loop: one as it is, with the
kernel's clocks for each thread and perf's samples beside it; one with an allocator that counts; one under strace, which
slows it, so that its batches are smaller than they would be and its calls a message somewhat more. Where perf or strace
is not there, its part is left out and says so.
"""

import argparse
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from measure import Served, conditions, count, load

from clients import print_table  # (found by measured_host's path)

CONNECTIONS = 64
SHOWN_FUNCTIONS = 40
SHOWN_CALLS = 14


def group(thread):
    """http-0 and http-1 are one kind."""
    return re.sub(r"-\d+$", "-N", thread)


class Profile:
    """One run; every part starts a host of its own."""

    def __init__(self, arguments, folder):
        self.arguments = arguments
        self.folder = folder

    def host(self, name, **settings):
        return Served(self.arguments.herald, os.path.join(self.folder, name, "data"),
                      dispatch=self.arguments.dispatch, **settings)

    def load(self, host):
        return load(self.arguments.herald, host.url, "--mix", self.arguments.mix, "--connections", CONNECTIONS,
                    "--duration", self.arguments.seconds)

    def processor(self):
        with self.host("processor") as host:
            perf = self.start_perf(host.pid)
            before = thread_times(host.pid)
            began = time.monotonic()
            report = self.load(host)
            took = time.monotonic() - began
            after = thread_times(host.pid)
            if perf:
                perf.wait()
            host.terminate()
        messages = report["answered_2xx"]
        print(f"\n{count(report['per_s'])} accepted/s, {report['latency_ms']['p50']:.2f} ms p50")
        spent = collections.Counter()
        for thread, (name, user, system) in after.items():
            _, user_before, system_before = before.get(thread, (name, 0, 0))
            spent[group(name), "user"] += user - user_before
            spent[group(name), "system"] += system - system_before
        names = sorted({name for name, _ in spent}, key=lambda name: -spent[name, "user"] - spent[name, "system"])
        rows = [[name] + [f"{spent[name, kind] * 1e6 / messages:.1f}" for kind in ("user", "system")] +
                [f"{(spent[name, 'user'] + spent[name, 'system']) / took:.0%}"] for name in names]
        total = sum(spent.values())
        rows.append(["all", "", f"{total * 1e6 / messages:.1f}", f"{total / took:.0%}"])
        print_table(["thread", "user us/message", "system us/message", "of one core"], rows)
        if perf:
            self.functions()

    def start_perf(self, pid):
        if not shutil.which("perf"):
            print("perf is not installed: no functions (Debian's linux-perf)")
            return None
        return subprocess.Popen(["perf", "record", "-q", "-e", "cpu-clock", "-F", "1999", "-p", str(pid), "-o",
                                 os.path.join(self.folder, "perf.data"), "--", "sleep", str(self.arguments.seconds)],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def functions(self):
        run = subprocess.run(["perf", "report", "-i", os.path.join(self.folder, "perf.data"), "--stdio", "-q",
                              "--sort", "comm,symbol", "--no-children", "--percent-limit", "0.3"],
                             capture_output=True, text=True, check=False)
        rows = []
        for line in run.stdout.splitlines():
            found = re.match(r"\s*([\d.]+)%\s+(\S+)\s+\[(.)\]\s+(.*\S)", line)
            if found:
                rows.append([found.group(2), f"{found.group(1)} %", {"k": "kernel"}.get(found.group(3), "user"),
                             found.group(4)[:90]])
        print()
        print_table(["thread", "of all samples", "in", "function"], rows[:SHOWN_FUNCTIONS])

    def allocations(self):
        counts = os.path.join(self.folder, "counts")
        with self.host("allocations", LD_PRELOAD=os.path.abspath(self.arguments.allocation_count),
                       ALLOCATION_COUNT=counts) as host:
            messages = self.load(host)["answered_2xx"]
            host.terminate()
        found = collections.Counter()
        with open(counts, encoding="ascii") as file:
            for line in file:
                name, calls, size = line.rsplit(" ", 2)
                found[group(name), "calls"] += int(calls)
                found[group(name), "bytes"] += int(size)
        names = sorted({name for name, _ in found}, key=lambda name: -found[name, "calls"])
        print()
        print_table(["thread", "allocations/message", "bytes/message"],
                    [[name, f"{found[name, 'calls'] / messages:.1f}", f"{found[name, 'bytes'] / messages:.0f}"]
                     for name in names if found[name, "calls"] > messages / 100])

    def system_calls(self):
        if not shutil.which("strace"):
            print("strace is not installed: no system calls")
            return
        with self.host("calls") as host:
            out = os.path.join(self.folder, "strace")
            with subprocess.Popen(["strace", "-f", "-c", "-q", "-U", "calls,name", "-S", "calls", "-o", out, "-p",
                                   str(host.pid)], stderr=subprocess.DEVNULL) as tracer:
                time.sleep(1)  # tidy: sleeps because strace does not tell when it has attached
                messages = self.load(host)["answered_2xx"]
                tracer.terminate()
            host.kill()
        rows = []
        with open(out, encoding="ascii") as file:
            for line in file:
                found = re.match(r"\s*(\d+)\s+(\w+)\s*$", line)
                if found and found.group(2) != "total":
                    rows.append([found.group(2), f"{int(found.group(1)) / messages:.3f}"])
        print()
        print_table(["system call", "a message, under strace"], rows[:SHOWN_CALLS])


def thread_times(pid):
    """By thread: (name, seconds in user mode, seconds in the kernel)."""
    tick = os.sysconf("SC_CLK_TCK")
    found = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/stat", encoding="ascii") as file:
                text = file.read()
        except FileNotFoundError:
            continue  # it has ended meanwhile
        name = text[text.index("(") + 1:text.rindex(")")]
        fields = text[text.rindex(")") + 2:].split()
        found[thread] = (name, int(fields[11]) / tick, int(fields[12]) / tick)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--allocation-count", required=True, help="the library that counts")
    parser.add_argument("--mix", default="a", choices=("a", "b"))
    parser.add_argument("--dispatch", default="off", choices=("on", "off"))
    parser.add_argument("--seconds", type=int, default=10, help="of each load")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="herald-profile-", dir=os.environ.get("HERALD_BENCH_DIR")) as folder:
        conditions(folder)
        profile = Profile(arguments, folder)
        profile.processor()
        profile.allocations()
        profile.system_calls()
    return 0


if __name__ == "__main__":
    sys.exit(main())
