"""Starts the real `herald serve` for tests written in Python, and talks to it."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

PATIENCE_S = 60  # sanitizers are slow; nobody waits this long in a good run
KEPT = ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")


class HeraldHost:
    """A host on a free port and a data folder of its own. Use as a context manager: it is gone afterwards."""

    def __init__(self, binary, environment=None, port=0, folder=None):
        """`environment`: API_* settings; on top of a JSON log and no rate limits. `folder`: where data and log are put
        and kept; without it they are gone afterwards."""
        self._binary = os.path.abspath(binary)
        self._scratch = None if folder else tempfile.TemporaryDirectory(prefix="herald-test-")
        self.folder = folder or self._scratch.name
        self.log_path = os.path.join(self.folder, "log")
        self._environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._environment.update(
            API_PORT=str(port),
            API_DATA_DIR=os.path.join(self.folder, "data"),
            API_LOG_FORMAT="json",
            API_RATE_LIMIT_PER_IP_PER_MIN="0",
            API_RATE_LIMIT_PER_SENDER_PER_MIN="0",
        )
        self._environment.update(environment or {})
        self.port = None
        self._process = None

    def __enter__(self):
        self.spawn()
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.port = self.port_told_by("herald.ready")
            if self.port is not None:
                return self
            if self.exit_code() is not None or time.monotonic() > deadline:
                self._process.kill()
                raise RuntimeError("the host does not listen; its log:\n" + self.raw_log())
            time.sleep(0.005)

    def __exit__(self, *_):
        self.kill()
        if self._scratch:
            self._scratch.cleanup()

    def spawn(self):
        """Starts the process and does not wait for it."""
        with open(self.log_path, "wb") as log:
            self._process = subprocess.Popen(
                [self._binary, "serve"], env=self._environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, cwd=self.folder)

    def port_told_by(self, event):
        """The port in the log's first line of this event; None as long as there is none."""
        told = re.search(rf"\b{re.escape(event)}\b.*\bport\W+(\d+)[\s,}}]", self.raw_log())  # in either form
        return int(told.group(1)) if told else None

    @property
    def process(self):
        return self._process

    def exit_code(self):
        """None while it runs; below zero for the signal that ended it."""
        return self._process.poll()

    def kill(self):
        """SIGKILL, unless it has ended by itself; the exit code. None when it was never started."""
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.kill()
        return self._process.wait()

    def drain(self):
        """SIGTERM, and not waited for."""
        self._process.send_signal(signal.SIGTERM)

    def terminate(self):
        """SIGTERM; the exit code."""
        self.drain()
        return self.wait()

    def wait(self):
        """Until it ends by itself; the exit code."""
        return self._process.wait(PATIENCE_S)

    def raw_log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def log_of(self, event):
        """The log's lines of one event, as objects."""
        lines = []
        for line in self.raw_log().splitlines():
            try:
                parsed = json.loads(line)
            except ValueError:
                continue
            if isinstance(parsed, dict) and parsed.get("event") == event:
                lines.append(parsed)
        return lines

    def connect(self):
        """A kept-alive connection; one thread at a time."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def call(self, method, path, body=None, headers=None, connection=None):
        """One request; (status, headers with names in lower case, body as bytes)."""
        link = connection or self.connect()
        sent = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        link.request(method, path, body=body, headers=sent)
        answer = link.getresponse()
        payload = answer.read()
        if connection is None:
            link.close()
        return answer.status, lowered(answer), payload

    def call_raw(self, request):
        """These bytes on a connection of their own; the first answer, as `call` gives it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as link:
            link.sendall(request)
            answer = http.client.HTTPResponse(link)
            answer.begin()
            return answer.status, lowered(answer), answer.read()


def lowered(answer):
    return {name.lower(): value for name, value in answer.getheaders()}
