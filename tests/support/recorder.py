"""A plugin folder into which the recorder (tests/abi/recorder.c) is dropped in versions, and what these have sent."""

import collections
import os
import tempfile
import time

Sent = collections.namedtuple("Sent", "version token attempt at_s")
MARK = b"100.0.0"  # the version of the built file, of which the first three digits can be changed


class RecorderFolder:
    """Use as a context manager: it is gone afterwards."""

    def __init__(self, plugin):
        """`plugin`: the built recorder.so."""
        with open(plugin, "rb") as file:
            self._bytes = file.read()
        if self._bytes.count(MARK) != 1:
            raise RuntimeError(f"{plugin}: its version stands there {self._bytes.count(MARK)} times, expected once")
        self._scratch = tempfile.TemporaryDirectory(prefix="herald-recorder-")
        self.path = os.path.join(self._scratch.name, "plugins")
        os.mkdir(self.path, 0o755)
        self._sent = os.path.join(self._scratch.name, "sent")
        self.environment = {"API_PLUGIN_DIR": self.path, "RECORDER_FILE": self._sent}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._scratch.cleanup()

    def drop(self, version):
        """Puts version `version`.0.0, of three digits, into the folder by a rename; when (Unix seconds)."""
        whole = os.path.join(self._scratch.name, "whole.tmp")
        with open(whole, "wb") as file:
            file.write(self._bytes.replace(MARK, b"%03d.0.0" % version))
        os.chmod(whole, 0o755)
        dropped_at = time.time()
        os.rename(whole, self._file())
        return dropped_at

    def take_away(self):
        os.remove(self._file())

    def sent(self):
        """Every sending of a message, in order."""
        if not os.path.exists(self._sent):
            return []
        with open(self._sent, encoding="ascii") as file:
            rows = [line.split() for line in file]
        return [Sent(int(version.split(".")[0]), token, int(attempt), int(at_us) / 1e6)
                for version, token, attempt, at_us in rows]

    def last_version(self):
        """That sent last; None before the first."""
        if not os.path.exists(self._sent):
            return None
        with open(self._sent, "rb") as file:
            file.seek(max(0, os.path.getsize(self._sent) - 200))
            lines = file.read().splitlines()
        return int(lines[-1].split(b".")[0]) if lines else None

    def _file(self):
        return os.path.join(self.path, "recorder.so")
