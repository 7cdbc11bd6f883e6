"""specs/security.md against the tree: every threat names what stands against it and what shows that."""

import re
import sys
import unittest

from reliability_test import faults_of_evidence
from tasks_test import ROOT, rows

PAGE = ROOT / "specs/security.md"
COLUMNS = 3
SECTIONS = ("What is guarded", "Borders", "Threats", "What is not guarded against")


def section(title):
    text = PAGE.read_text(encoding="utf-8")
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S).group(1)


class Security(unittest.TestCase):
    def table(self, title, heading):
        return [cells for cells in rows(section(title)) if cells[0] != heading]

    def test_every_section_says_something(self):
        for title in SECTIONS:
            self.assertGreater(len(section(title).split()), 40, title)

    def test_every_border_and_every_threat_is_whole(self):
        borders, threats = self.table("Borders", "border"), self.table("Threats", "threat")
        self.assertGreaterEqual(len(borders), 6)
        self.assertGreater(len(threats), 25)
        for cells in borders + threats:
            self.assertEqual(len(cells), COLUMNS, cells)
            self.assertTrue(all(cells), cells)

    def test_what_shows_it_is_there(self):
        faults = [f"{cells[0]}: {fault}" for cells in self.table("Threats", "threat")
                  for fault in faults_of_evidence(cells[2])]
        self.assertFalse(faults, "\n" + "\n".join(faults))

    def test_how_to_report_is_told(self):
        self.assertIn("Reporting", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(unittest.main())
