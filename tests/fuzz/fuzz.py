"""Runs the fuzz targets, several at a time, and tells of each in a line; exit 1 when one found something.

Inputs that are new are kept in the build folder and go on from there the next time; --merge brings what of them
reaches code that the kept corpus does not into tests/fuzz/corpus, in its smallest form.
"""

import argparse
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = sorted(path.name[:-len("_fuzz.cpp")] for path in HERE.glob("*_fuzz.cpp"))
MAX_INPUT_BYTES = 4096
TIMEOUT_SECONDS = 25  # of one input
MEMORY_MB = 2048


class Target:
    def __init__(self, name, build):
        self.name = name
        self.binary = build / "tests" / "fuzz" / f"{name}_fuzz"
        self.folder = build / "fuzz" / name
        self.found = self.folder / "corpus"
        self.artifacts = self.folder / "artifacts"
        self.kept = HERE / "corpus" / name
        self.log = self.folder / "log"
        for folder in (self.found, self.artifacts):
            folder.mkdir(parents=True, exist_ok=True)

    def command(self, *arguments):
        return [str(self.binary), f"-max_len={MAX_INPUT_BYTES}", f"-timeout={TIMEOUT_SECONDS}",
                f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={self.artifacts}/", *map(str, arguments)]

    def run(self, seconds):
        """True when nothing was found."""
        before = set(self.artifacts.iterdir())
        dictionary = HERE / "dictionaries" / f"{self.name}.dict"
        with open(self.log, "w", encoding="utf-8", errors="replace") as log:
            ended = subprocess.run(
                self.command(f"-max_total_time={seconds}", "-print_final_stats=1", f"-dict={dictionary}",
                             self.found, self.kept), stdout=log, stderr=log, check=False)
        findings = sorted(set(self.artifacts.iterdir()) - before)
        text = self.log.read_text(encoding="utf-8", errors="replace")
        edges = [int(number) for number in re.findall(r"\bcov: (\d+)", text)] or [0]

        def stat(name):
            match = re.search(rf"stat::{name}:\s+(\d+)", text)
            return int(match.group(1)) if match else 0

        runs, rate = stat("number_of_executed_units"), stat("average_exec_per_sec")
        sound = ended.returncode == 0 and not findings
        print(f"{self.name:12} {runs:>10} runs {rate:>7} exec/s  {edges[-1]:>6} edges (+{edges[-1] - edges[0]})  "
              f"{stat('new_units_added'):>5} new inputs  " + ("no finding" if sound else "FINDING"), flush=True)
        if not sound:
            reason = re.search(r"a property does not hold: .*|ERROR: .*|runtime error: .*", text)
            print(f"  {reason.group() if reason else f'exit status {ended.returncode}'}; the log is {self.log}")
            for finding in findings:
                print(f"  again: {self.binary} {finding}", flush=True)
        return sound

    def merge(self):
        """The kept corpus anew: the smallest inputs that together reach all that is reached."""
        small = self.folder / "merged"
        shutil.rmtree(small, ignore_errors=True)
        small.mkdir()
        subprocess.run(self.command("-merge=1", small, self.kept, self.found), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # An input that once was a finding stays, whatever it reaches.
        for path in self.kept.iterdir():
            if not path.name.startswith("finding"):
                path.unlink()
        for path in small.iterdir():
            shutil.copyfile(path, self.kept / path.name)
        sizes = [path.stat().st_size for path in self.kept.iterdir()]
        print(f"{self.name:12} {len(sizes)} inputs, {sum(sizes)} bytes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="the build folder of the preset fuzz")
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--jobs", type=int, default=1, help="targets at a time")
    parser.add_argument("--merge", action="store_true", help="merge what earlier runs found, and run nothing")
    parser.add_argument("targets", nargs="*", metavar="target", help="all when none is named: " + ", ".join(TARGETS))
    options = parser.parse_args()
    unknown = sorted(set(options.targets) - set(TARGETS))
    if unknown:
        parser.error(f"found the target {unknown[0]}, expected some of " + ", ".join(TARGETS))
    targets = [Target(name, options.build.resolve()) for name in options.targets or TARGETS]
    if options.merge:
        for target in targets:
            target.merge()
        return 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        sound = list(pool.map(lambda target: target.run(options.seconds), targets))
    return 0 if all(sound) else 1


if __name__ == "__main__":
    sys.exit(main())
