"""Peers in masses at the real binary: slow clients, idle connections, and distinct senders, keys and addresses."""

import argparse
import os
import resource
import socket
import statistics
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))

from load import Load, answers, judge  # noqa: E402
from measured_host import MIB, MeasuredHost  # noqa: E402

MOST_P99_RISE = 0.10
MOST_BYTES_A_CONNECTION = 16 * 1024
MOST_GROWTH_MIB = 256
RATE = 200  # requests per second of those who behave
WAVE = 250  # connections at once
TRICKLE = b"POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"


class SlowClients:
    """Many clients that send a byte a second each, and come again when they are refused. Use as a context manager."""

    def __init__(self, port, count):
        self.port = port
        self.ending = threading.Event()
        self.links = [self.connect() for _ in range(count)]
        self.sent = [i % len(TRICKLE) for i in range(count)]
        self.thread = threading.Thread(target=self.trickle, name="slow-clients")

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()
        for link in self.links:
            link.close()

    def trickle(self):
        """A hundredth of them at a time, so that they do not all send at once."""
        turn = 0
        while not self.ending.wait(0.01):
            for i in range(turn % 100, len(self.links), 100):
                at = self.sent[i] % len(TRICKLE)
                try:
                    self.links[i].send(TRICKLE[at:at + 1])
                except OSError:
                    self.links[i].close()
                    self.links[i] = self.connect()
                    at = -1
                self.sent[i] = at + 1
            turn += 1


def slow_clients(load, host, count, seconds, rounds):
    alone, beside = [], []
    for _ in range(rounds):
        alone.append(answers(load.run(RATE, seconds, 32), 202)["p99_ms"])
        with SlowClients(host.port, count):
            beside.append(answers(load.run(RATE, seconds, 32), 202)["p99_ms"])
    rise = statistics.median(beside) / max(statistics.median(alone), 0.001) - 1
    return (f"p99 of others {statistics.median(alone):.2f} ms alone, {statistics.median(beside):.2f} ms beside {count} "
            f"slow clients, medians of {rounds} rounds in turn: {rise:+.0%}; at most {MOST_P99_RISE:+.0%}",
            rise <= MOST_P99_RISE)


def idle_connections(host, count):
    before = host.memory()[0]
    links = [socket.create_connection(("127.0.0.1", host.port)) for _ in range(count)]
    status, _, _ = host.call("GET", "/livez")
    each = (host.memory()[0] - before) / count
    served = 0
    for link in links:
        link.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    for link in links:
        served += link.recv(4096).startswith(b"HTTP/1.1 200")
        link.close()
    return (f"{count} idle connections: {each:.0f} bytes each, at most {MOST_BYTES_A_CONNECTION}; a fresh one is "
            f"answered {status}, and {served} of them are",
            each <= MOST_BYTES_A_CONNECTION and (status, served) == (200, count))


def distinct(load, host, count):
    """Memory after a fifth of them and at the end: what is kept of each must not be kept in memory."""
    seen, accepted, fifth = 0, 0, None
    while accepted < count:
        told = load.run(0, min(5.0, max(1.0, count / 50_000)), 128, first=seen)
        seen += told["sent"]
        accepted += answers(told, 202)["count"]
        if answers(told, 202)["count"] != told["sent"]:
            return f"distinct senders: not every one was accepted: {told['answers']}", False
        if fifth is None and accepted >= count / 5:
            fifth = host.memory()[0]
    growth = (host.memory()[0] - fifth) / MIB
    return (f"{accepted} messages, each of another sender, recipient and key: memory {fifth / MIB:.0f} MiB after a "
            f"fifth, {growth:+.0f} MiB at the end; at most {MOST_GROWTH_MIB:+} MiB", growth <= MOST_GROWTH_MIB)


def link_from(number, port):
    """A connection from an address of its own."""
    source = f"127.{1 + number // 65_536}.{number // 256 % 256}.{number % 256}"
    return socket.create_connection(("127.0.0.1", port), source_address=(source, 0))


def addresses(host, count):
    """As distinct(), of clients each at an address of its own, so many of them at once that they share commits."""
    accepted, fifth = 0, None
    body = b'{"from":"+12025550123","to":"+12025550142","type":"sms","body":"x"}'
    request = (b"POST /api/messages/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
               b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)) + body
    for first in range(0, count, WAVE):
        wave = [link_from(i, host.port) for i in range(first, min(first + WAVE, count))]
        for link in wave:
            link.sendall(request)
        for link in wave:
            accepted += link.recv(4096).startswith(b"HTTP/1.1 202")
            link.close()
        if fifth is None and first + WAVE >= count / 5:
            fifth = host.memory()[0]
    growth = (host.memory()[0] - fifth) / MIB
    return (f"{accepted} of {count} messages, each from another address, accepted: memory {fifth / MIB:.0f} MiB after "
            f"a fifth, {growth:+.0f} MiB at the end; at most {MOST_GROWTH_MIB:+} MiB",
            accepted == count and growth <= MOST_GROWTH_MIB)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--herald", required=True, help="the binary")
    parser.add_argument("--load", required=True, help="the program open_loop")
    parser.add_argument("--slow", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10, help="of each round beside slow clients")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--distinct", type=int, default=1_000_000)
    parser.add_argument("--addresses", type=int, default=1_000_000)
    parser.add_argument("--no-verdict", action="store_true", help="a short run, which proves only that this runs")
    arguments = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    lines = []
    limits = {"API_DISPATCH": "off", "API_RATE_LIMIT_PER_SENDER_PER_MIN": "1000",
              "API_RATE_LIMIT_PER_IP_PER_MIN": "1000000000"}
    with tempfile.TemporaryDirectory(prefix="herald-masses-") as folder:
        with MeasuredHost(arguments.herald, os.path.join(folder, "a")) as host:
            load = Load(arguments.load, host)
            lines.append(slow_clients(load, host, arguments.slow, arguments.seconds, arguments.rounds))
            lines.append(idle_connections(host, arguments.idle))
        with MeasuredHost(arguments.herald, os.path.join(folder, "b"), limits) as host:
            lines.append(distinct(Load(arguments.load, host), host, arguments.distinct))
        with MeasuredHost(arguments.herald, os.path.join(folder, "c"),
                          {**limits, "API_RATE_LIMIT_PER_SENDER_PER_MIN": "0"}) as host:
            lines.append(addresses(host, arguments.addresses))
    return judge(lines, not arguments.no_verdict)


if __name__ == "__main__":
    sys.exit(main())
