"""specs/reliability.md against the tree: every promise names what shows it, and all of it is there; and the commands of
specs/performance.md, by which its figures can be repeated."""

import re
import sys
import unittest

from tasks_test import ROOT, faults_of_proof, rows

PAGE = ROOT / "specs/reliability.md"
PERFORMANCE = ROOT / "specs/performance.md"
COLUMNS = 3


def faults_of_evidence(cell, root=ROOT):
    """Why what a cell names does not show anything; empty when it does."""
    faults = []
    tokens = re.findall(r"`([^`]+)`", cell)
    if not tokens:
        return [f"names nothing: {cell!r}"]
    file = None
    tests = 0
    for token in [*tokens, None]:
        if token is not None and file and re.fullmatch(r"\w+\.\w+", token) and not (root / token).is_file():
            fault = faults_of_proof(file, token)
            faults += [fault] if fault else []
            tests += 1
            continue
        if file and tests == 0 and not is_test_of_its_own(root / file):
            faults.append(f"{file} without its test")
        file, tests = None, 0
        if token is None:
            break
        if token.startswith("make "):
            if not re.search(rf"^{re.escape(token[5:])}:", (root / "Makefile").read_text(encoding="utf-8"), re.M):
                faults.append(f"the Makefile has no {token[5:]}")
        elif (root / token).is_file():
            file = token
        else:
            faults.append(f"{token} is not there")
    return faults


def is_test_of_its_own(script):
    """A program that the tests of its folder run, by its name."""
    lists = script.parent / "CMakeLists.txt"
    return script.suffix == ".py" and lists.is_file() and \
        re.search(rf"\b{script.stem}\b", lists.read_text(encoding="utf-8")) is not None


class Reliability(unittest.TestCase):
    def promises(self):
        return [cells for cells in rows(PAGE.read_text(encoding="utf-8")) if cells[0] != "promise"]

    def test_every_promise_has_its_fault_and_what_shows_it(self):
        self.assertGreater(len(self.promises()), 20)
        for cells in self.promises():
            self.assertEqual(len(cells), COLUMNS, cells)
            self.assertTrue(cells[1] and cells[2], cells)

    def test_what_shows_it_is_there(self):
        faults = [f"{cells[0] or '…'} ({cells[1]}): {fault}" for cells in self.promises()
                  for fault in faults_of_evidence(cells[2])]
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_what_is_not_there_is_noticed(self):
        for cell in ("nothing", "`tests/none_test.cpp` `Suite.Name`", "`tests/contract/described.py`",
                     "`tests/contract/tasks_test.py` `Tasks.test_nothing`", "`make nothing`",
                     "`tests/contract/described.py`; `make test`"):
            self.assertTrue(faults_of_evidence(cell), cell)
        sound = "`tests/contract/tasks_test.py` `Tasks.test_no_cell_is_empty`; `make test`"
        self.assertFalse(faults_of_evidence(sound))


class Performance(unittest.TestCase):
    def test_every_command_is_there(self):
        text = PERFORMANCE.read_text(encoding="utf-8")
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        commands = re.findall(r"`make ([a-z-]+)", text)
        self.assertGreater(len(commands), 5)
        for command in commands:
            self.assertTrue(re.search(rf"^{command}:", makefile, re.M), f"the Makefile has no {command}")


if __name__ == "__main__":
    sys.exit(unittest.main())
