"""clang_tidy.py BUILD PATH...: clang-tidy over what BUILD compiles below these paths (host/store); exit 1 where it
finds anything. The first time takes the better part of an hour; what was found clean is then read again only when
something changed that its reading rests on: its commands, a file that it includes, a .clang-tidy or clang-tidy itself.
"""

import collections
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
TIDY = "clang-tidy-14"


class Digests:
    """Of files' contents, each read once: many sources include the same headers."""

    def __init__(self):
        self._known = {}

    def of(self, path):
        if path not in self._known:
            try:
                with open(path, "rb") as file:
                    self._known[path] = hashlib.sha256(file.read()).hexdigest()
            except OSError:
                self._known[path] = "none"
        return self._known[path]


def configurations(files):
    """Every place of a .clang-tidy that judges one of the project's own files: a header is judged by its own."""
    folders = set()
    for path in files:
        folder = os.path.dirname(path)
        while (folder + "/").startswith(ROOT + "/") and folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    return sorted(os.path.join(folder, ".clang-tidy") for folder in folders)


def included(entry):
    """All files that one command reads, the system's too."""
    command = shlex.split(entry["command"])
    at = command.index("-o")
    del command[at:at + 2]
    listed = subprocess.run(command + ["-M", "-MT", "x", "-w"], cwd=entry["directory"], capture_output=True, text=True,
                            check=False)
    if listed.returncode != 0:
        return None  # It does not compile, and clang-tidy says so.
    names = re.split(r"(?<!\\)\s+", listed.stdout.replace("\\\n", " ").split(":", 1)[1].strip())
    return [os.path.normpath(os.path.join(entry["directory"], name.replace("\\ ", " "))) for name in names]


class Reading:
    """Of one source file, by all commands that compile it."""

    def __init__(self, build, source, entries, version, digests):
        self._source = source
        self._build = build
        self._entries = entries
        self._rests = [version] + [entry["directory"] + " " + entry["command"] for entry in entries]
        self._digests = digests
        self._stamp = os.path.join(build, "clang-tidy", os.path.relpath(source, ROOT).replace("/", "+") + ".json")

    def _key(self, files):
        rests = self._rests + [path + " " + self._digests.of(path) for path in files + configurations(files)]
        return hashlib.sha256("\0".join(rests).encode()).hexdigest()

    def is_known_clean(self):
        try:
            with open(self._stamp, encoding="utf-8") as file:
                stamp = json.load(file)
            return stamp["key"] == self._key(stamp["files"])
        except (OSError, ValueError, KeyError):
            return False

    def read(self):
        """What clang-tidy says, empty when the file is clean. The stamp is of what stood there before the reading."""
        lists = [included(entry) for entry in self._entries]
        files = None if None in lists else sorted(set().union(*lists))
        key = files and self._key(files)
        told = subprocess.run(["nice", TIDY, "-quiet", "-p", self._build, self._source], capture_output=True, text=True,
                              check=False)
        if told.returncode == 0 and not told.stdout.strip():
            if files:
                with open(self._stamp, "w", encoding="utf-8") as file:
                    json.dump({"key": key, "files": files}, file)
            return ""
        return told.stdout + (told.stderr if told.returncode != 0 and not told.stdout.strip() else "")


def readings(build, paths):
    commands = collections.defaultdict(list)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        for entry in json.load(file):
            source = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
            if any(source.startswith(os.path.join(ROOT, path)) for path in paths):
                commands[source].append(entry)
    version = subprocess.run([TIDY, "--version"], check=True, capture_output=True, text=True).stdout
    digests = Digests()
    return [Reading(build, source, commands[source], version, digests) for source in sorted(commands)]


def main(build, *paths):
    build = os.path.abspath(build)
    os.makedirs(os.path.join(build, "clang-tidy"), exist_ok=True)
    asked = readings(build, paths)
    if not asked:
        sys.exit(f"clang_tidy.py: {build} compiles nothing below {' '.join(paths)}; expected paths such as host/store")
    unknown = [reading for reading in asked if not reading.is_known_clean()]
    print(f"clang-tidy: {len(asked) - len(unknown)} of {len(asked)} files are known to be clean", flush=True)
    dirty = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for told in pool.map(Reading.read, unknown):
            dirty += told != ""
            print(told, end="", flush=True)
    print(f"clang-tidy: {len(unknown) - dirty} more are clean, {dirty} are not")
    return 1 if dirty else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
