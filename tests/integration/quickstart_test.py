"""The commands of both quickstarts, run as written against a fresh host, answer as written."""

import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.shell_page import ShellPage  # noqa: E402

BINARY = sys.argv.pop()


class Quickstart(unittest.TestCase):
    def run_page(self, path, least):
        page = ShellPage(ROOT, path, BINARY)
        page.run()
        self.assertFalse(page.faults, "\n" + "\n".join(page.faults))
        self.assertGreaterEqual(page.ran, least)

    def test_of_unified_messaging_answers_as_written(self):
        self.run_page("specs/006-unified-messaging/quickstart.md", 25)

    def test_of_provider_routing_answers_as_written(self):
        self.run_page("specs/008-provider-routing-by-channel/quickstart.md", 15)


if __name__ == "__main__":
    unittest.main()
