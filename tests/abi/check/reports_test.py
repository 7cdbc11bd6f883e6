"""The reports of `herald plugin check` as programs read them: reports_test.py HERALD GOOD_PLUGIN BAD_PLUGIN."""

import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

HERALD, GOOD, BAD = sys.argv[1:4]


def check(plugin):
    """(exit status, JSON report, root of the JUnit report)"""
    with tempfile.TemporaryDirectory() as folder:
        files = [str(pathlib.Path(folder) / name) for name in ("report.json", "report.xml")]
        done = subprocess.run([HERALD, "plugin", "check", "--json", files[0], "--junit", files[1], plugin], check=False,
                              stdout=subprocess.PIPE)
        return done.returncode, json.loads(pathlib.Path(files[0]).read_text()), ElementTree.parse(files[1]).getroot()


class Reports(unittest.TestCase):
    def agree(self, report, junit):
        cases = {case.get("name"): case for case in junit.iter("testcase")}
        self.assertEqual(set(cases), {test["id"] for test in report["tests"]})
        elements = {"passed": None, "failed": "failure", "blocked": "error", "skipped": "skipped"}
        for test in report["tests"]:
            children = [child.tag for child in cases[test["id"]] if child.tag != "system-out"]
            self.assertEqual(children, [elements[test["result"]]] if elements[test["result"]] else [], test["id"])
        for result, attribute in (("failed", "failures"), ("blocked", "errors"), ("skipped", "skipped")):
            count = sum(test["result"] == result for test in report["tests"])
            self.assertEqual(report[result], count)
            self.assertEqual(int(junit.get(attribute)), count)
            self.assertEqual(sum(int(suite.get(attribute)) for suite in junit), count)

    def test_a_sound_plugin_has_no_failure_in_either(self):
        status, report, junit = check(GOOD)
        self.assertEqual((status, report["failed"], report["blocked"]), (0, 0, 0))
        self.agree(report, junit)

    def test_a_broken_plugin_has_its_failure_in_both(self):
        status, report, junit = check(BAD)
        self.assertEqual(status, 1)
        self.assertGreater(report["failed"], 0)
        self.assertGreater(report["blocked"], 0)
        self.agree(report, junit)
        failure = next(case for case in junit.iter("testcase") if case.get("name") == "handshake.name").find("failure")
        self.assertIn("Bad_Name", failure.get("message"))
        self.assertIn("cure:", failure.text)

    def test_a_person_at_a_terminal_sees_how_far_it_is(self):
        here, there = pty.openpty()
        done = subprocess.run([HERALD, "plugin", "check", "--only", "elf.*", GOOD], check=False,
                              stdout=subprocess.PIPE, stderr=there)
        os.close(there)
        shown = os.read(here, 1 << 16).decode()
        os.close(here)
        self.assertRegex(shown, r"\r1 of \d+ tests")
        self.assertTrue(shown.endswith("\r\x1b[K"), repr(shown))
        self.assertNotIn(b"\r", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
