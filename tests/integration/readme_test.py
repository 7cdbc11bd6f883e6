"""README's commands, run as written against a running host, answer as written."""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.shell_page import ShellPage  # noqa: E402

BINARY = sys.argv.pop()


class Readme(unittest.TestCase):
    def test_every_command_answers_as_written(self):
        page = ShellPage(ROOT, "README.md", BINARY)
        page.run()
        self.assertFalse(page.faults, "\n" + "\n".join(page.faults))
        self.assertGreaterEqual(page.ran, 15)

    def test_names_no_path_that_is_missing(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if "://" not in target:
                self.assertTrue((ROOT / target).exists(), f"README.md links {target}, which is not there")


if __name__ == "__main__":
    unittest.main()
