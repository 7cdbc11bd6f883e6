"""mutants.py [--only=WORD] [--ninja=COMMAND]: breaks the host here and there, and wants the simulation to notice.

Each mutant is a small edit of a source file. The tree is copied beside the build, each mutant is built there and the
simulation runs until it finds a broken promise. Exit 1 when one survives, when the unbroken tree does not, or when the
text that a mutant replaces does not stand exactly once in its file.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from mutant_list import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "mutants"
PARTS = ("CMakeLists.txt", "CMakePresets.json", "cmake", "host", "sdk", "plugins", "tests")
FIRST_SEED = 1
RUNS = 2000  # a number of runs, not a time: what they find does not depend on the machine
HANGS_S = 900
KILL = re.compile(r"BROKEN seed=(\d+) steps=(\d+) (.*)")


def copy_tree():
    """The tree as it stands; only what differs is written, so that a second run builds little."""
    for part in PARTS:
        start = ROOT / part
        for source in [start] if start.is_file() else start.rglob("*"):
            target = COPY / source.relative_to(ROOT)
            if source.is_dir() or (target.exists() and target.read_bytes() == source.read_bytes()):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    if not (COPY / "build" / "build.ninja").exists():
        command = ["cmake", "-S", COPY, "-B", COPY / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                   "-DCMAKE_CXX_COMPILER=g++", "-DCMAKE_C_COMPILER=gcc"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def build(ninja):
    environment = dict(os.environ, CCACHE_BASEDIR=str(COPY), CCACHE_NOHASHDIR="1")
    done = subprocess.run([*ninja, "-C", COPY / "build", "simulation_test"], env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        print(done.stdout[-3000:], file=sys.stderr)
    return done.returncode == 0


def simulate(runs):
    """What broke, as (seed, steps, promise); nothing when every promise was kept. A death or a hang is a kill too."""
    command = [COPY / "build" / "tests" / "simulation" / "simulation_test", f"--seed={FIRST_SEED}",
               f"--runs={runs}"]
    try:
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=HANGS_S)
    except subprocess.TimeoutExpired:
        return ("-", "-", "it hangs")
    if done.returncode == 0:
        return None
    found = KILL.search(done.stdout)
    return found.groups() if found else ("-", "-", f"it ends with {done.returncode}: {done.stdout[-200:]}")


def try_mutant(name, file, old, new, ninja):
    path = COPY / file
    sound = path.read_text()
    if sound.count(old) != 1:
        return f"found its text {sound.count(old)} times in {file}, expected once; mend mutant_list.py"
    path.write_text(sound.replace(old, new))
    try:
        if not build(ninja):
            return "it does not compile; mend mutant_list.py"
        return simulate(RUNS)
    finally:
        path.write_text(sound)


def show(name, kill, took):
    if kill is None:
        print(f"{name:<58} SURVIVED {RUNS} runs", flush=True)
    elif isinstance(kill, str):
        print(f"{name:<58} {kill}", flush=True)
    else:
        seed, steps, promise = kill
        promise = re.sub(r"^at step \d+: ", "", promise)
        print(f"{name:<58} {seed:>6} {steps:>9} {took:>6.1f}  {promise[:70]}", flush=True)


def main(arguments):
    options = dict(argument.lstrip("-").split("=", 1) for argument in arguments if "=" in argument)
    if len(options) != len(arguments) or options.keys() - {"only", "ninja"}:
        print(__doc__, file=sys.stderr)
        return 2
    ninja = shlex.split(options.get("ninja", "ninja"))
    if shutil.which(ninja[0]) is None:
        print(f"found no {ninja[0]}; bin/setup installs ninja", file=sys.stderr)
        return 2
    copy_tree()
    if not build(ninja):
        return 1
    broken = simulate(RUNS // 10)
    if broken is not None:
        print(f"the tree itself does not keep its promises: {broken}", file=sys.stderr)
        return 1
    print(f"{'mutant':<58} {'seed':>6} {'steps':>9} {'s':>6}  broken promise", flush=True)
    survivors = 0
    chosen = [mutant for mutant in MUTANTS if options.get("only", "") in mutant[0]]
    for name, file, old, new in chosen:
        began = time.monotonic()
        kill = try_mutant(name, file, old, new, ninja)
        survivors += kill is None or isinstance(kill, str)
        show(name, kill, time.monotonic() - began)
    print(f"{len(chosen)} mutants, {len(chosen) - survivors} killed")
    return 1 if survivors or not chosen else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
