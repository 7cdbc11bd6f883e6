"""Every test that the page of hostile peers names is there, and every one at the real binary stands on it."""

import re
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
TESTS = FOLDER.parent


def tests_in(files):
    """Suite.Name of each."""
    found = set()
    for file in files:
        found.update(f"{suite}.{name}"
                     for suite, name in re.findall(r"^TEST_F\((\w+), (\w+)\)", file.read_text(encoding="utf-8"), re.M))
    return found


class Page(unittest.TestCase):
    def setUp(self):
        page = (FOLDER / "README.md").read_text(encoding="utf-8")
        self.named = set(re.findall(r"`(\w+\.[A-Z]\w+)`", page))
        self.rows = [int(row) for row in re.findall(r"^\| (\d+) \|.*`\w+\.\w+`", page, re.M)]

    def test_names_no_test_that_is_not_there(self):
        self.assertGreater(len(self.named), 40)
        self.assertEqual(self.named - tests_in(TESTS.rglob("*_test.cpp")), set())

    def test_names_every_test_of_the_real_binary(self):
        self.assertEqual(tests_in(FOLDER.glob("edge_*_test.cpp")) - self.named, set())

    def test_has_a_test_for_each_row(self):
        self.assertEqual(self.rows, list(range(1, 16)))


if __name__ == "__main__":
    unittest.main()
