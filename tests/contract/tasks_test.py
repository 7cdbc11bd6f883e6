"""The task lists of specs/ against the tree: no task missing, no cell empty, every file and every test there."""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TASKS = {
    "specs/006-unified-messaging": [*range(1, 6), *range(10, 14), *range(20, 26), *range(30, 33), *range(40, 46),
                                    *range(50, 55), *range(60, 63)],
    "specs/008-provider-routing-by-channel": [*range(1, 42)],
}
COLUMNS = 4
PAGES = ("spec.md", "quickstart.md", "tasks.md", "contracts/README.md")


def rows(text):
    """The cells of every table row, but for headings and rules."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if cells and not re.fullmatch(r":?-+:?", cells[0]) and cells[0] != "task":
            found.append(cells)
    return found


def named(cell):
    """[(path, [tests])] of a cell: each test stands behind its file."""
    found = []
    for token in re.findall(r"`([^`]+)`", cell):
        if "/" in token or "." in token and not re.fullmatch(r"\w+\.\w+", token) or (ROOT / token).is_file():
            found.append((token, []))
        elif found:
            found[-1][1].append(token)
        else:
            found.append((None, [token]))
    return found


def faults_of_proof(path, test, read=lambda path: (ROOT / path).read_text(encoding="utf-8")):
    """Why `test` is not in the file; empty when it is."""
    suite, _, name = test.partition(".")
    text = read(path)
    if path.endswith(".py"):
        body = re.search(rf"^class {suite}\(.*?(?=^\S|\Z)", text, re.M | re.S)
        return "" if body and re.search(rf"^    def {name}\(", body.group(), re.M) else f"{path} has no {test}"
    macro = rf"^TEST(?:_F|_P)?\(\s*{suite},\s*{name}\)"
    return "" if re.search(macro, text, re.M) else f"{path} has no {test}"


class Tasks(unittest.TestCase):
    def each_row(self):
        for folder in TASKS:
            for cells in rows((ROOT / folder / "tasks.md").read_text(encoding="utf-8")):
                yield folder, cells

    def test_every_task_stands_there_once(self):
        for folder, numbers in TASKS.items():
            ids = [cells[0] for where, cells in self.each_row() if where == folder]
            self.assertEqual(ids, [f"T{number:03}" for number in numbers], folder)

    def test_no_cell_is_empty(self):
        for folder, cells in self.each_row():
            self.assertEqual(len(cells), COLUMNS, f"{folder}: {cells}")
            self.assertTrue(all(cells), f"{folder}: {cells}")

    def test_every_file_is_there(self):
        missing = [f"{folder} {cells[0]}: {path}" for folder, cells in self.each_row()
                   for cell in cells[2:] for path, _ in named(cell) if path is None or not (ROOT / path).is_file()]
        self.assertEqual(missing, [])
        for folder, cells in self.each_row():
            self.assertTrue(named(cells[2]), f"{folder} {cells[0]} names no file")

    def test_every_proof_is_a_test_that_is_there(self):
        faults = []
        for folder, cells in self.each_row():
            proofs = [(path, test) for path, tests in named(cells[3]) for test in tests]
            if not proofs or any(not tests for _, tests in named(cells[3])):
                faults.append(f"{folder} {cells[0]}: a file without its test")
            faults += [f"{folder} {cells[0]}: {fault}" for path, test in proofs
                       if path and (ROOT / path).is_file() and (fault := faults_of_proof(path, test))]
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_a_test_that_is_not_there_is_noticed(self):
        cpp = "TEST_F(Suite, Name) {\n}\n"
        self.assertEqual(faults_of_proof("a.cpp", "Suite.Name", lambda _: cpp), "")
        self.assertTrue(faults_of_proof("a.cpp", "Suite.Nam", lambda _: cpp))
        self.assertTrue(faults_of_proof("a.cpp", "Sui.Name", lambda _: cpp))
        python = "class One(T):\n    def test_a(self):\n        0\n\nclass Two(T):\n    def test_b(self):\n        0\n"
        self.assertEqual(faults_of_proof("a.py", "One.test_a", lambda _: python), "")
        self.assertTrue(faults_of_proof("a.py", "One.test_b", lambda _: python))


class Pages(unittest.TestCase):
    def test_stand_in_every_specification(self):
        for folder in TASKS:
            for page in PAGES:
                self.assertTrue((ROOT / folder / page).is_file(), f"{folder}/{page}")

    def test_link_only_what_is_there(self):
        pages = [ROOT / name for name in ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md")]
        pages += sorted((ROOT / "specs").rglob("*.md"))
        missing = []
        for page in pages:
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
                if "://" not in target and not (page.parent / target).exists():
                    missing.append(f"{page.relative_to(ROOT)}: {target}")
        self.assertEqual(missing, [])

    def test_name_only_operations_of_the_contract(self):
        described = set(re.findall(r"operationId: (\w+)", (ROOT / "specs/openapi.yaml").read_text(encoding="utf-8")))
        for page in sorted((ROOT / "specs").glob("0*/contracts/*.md")):
            for line in re.findall(r"^Operations?: (.*?)\.?$", page.read_text(encoding="utf-8"), re.M):
                for operation in re.findall(r"`(\w+)`", line):
                    self.assertIn(operation, described, page.name)


class Changelog(unittest.TestCase):
    def test_tells_of_each_feature(self):
        text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
        for folder in TASKS:
            self.assertIn(f"({folder}/spec.md)", text)


if __name__ == "__main__":
    sys.exit(unittest.main())
