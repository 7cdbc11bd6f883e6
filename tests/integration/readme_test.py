"""README's curl lines, run as written against a running host, answer as written."""

import json
import re
import shlex
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.herald_host import HeraldHost  # noqa: E402

BINARY = sys.argv.pop()


def blocks():
    """Each fenced block of the README: its language and its text."""
    return re.findall(r"^```(\w*)\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)


def curl_commands(text):
    """The commands of a shell block, continued lines joined."""
    joined = text.replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.strip().startswith("curl ")]


class Readme(unittest.TestCase):
    def run_curl(self, host, command):
        command = command.replace("127.0.0.1:8080", f"127.0.0.1:{host.port}")
        done = subprocess.run(shlex.split(command), capture_output=True, timeout=30, check=True)
        return json.loads(done.stdout)

    def assert_has_shape(self, shown, given, where):
        """Every member that the README shows is in the answer, with the same type."""
        for name, value in shown.items():
            self.assertIn(name, given, where)
            self.assertIs(type(value), type(given[name]), f"{where}: {name}")

    def test_every_curl_line_answers_as_written(self):
        pages = blocks()
        shown_id = re.search(r'"id":"(\w+)"', (ROOT / "README.md").read_text(encoding="utf-8")).group(1)
        ran = 0
        with HeraldHost(BINARY) as host:
            real_id = shown_id
            for index, (language, text) in enumerate(pages):
                if language != "sh":
                    continue
                for command in curl_commands(text):
                    answer = self.run_curl(host, command.replace(shown_id, real_id))
                    self.assertNotIn("code", answer, f"{command} was refused: {answer}")
                    ran += 1
                    if real_id == shown_id and "id" in answer:
                        real_id = answer["id"]
                        self.await_dispatch(host, real_id)
                follows = pages[index + 1] if index + 1 < len(pages) else ("", "")
                if follows[0] == "json":
                    self.assert_has_shape(json.loads(follows[1]), answer, text)
                    if "status" in json.loads(follows[1]):
                        self.assertEqual(json.loads(follows[1])["status"], answer["status"])
        self.assertGreaterEqual(ran, 5)

    def await_dispatch(self, host, message_id):
        for _ in range(2000):
            _, _, body = host.call("GET", f"/api/messages/{message_id}")
            if json.loads(body)["status"] == "dispatched":
                return
        self.fail("the README's message was not dispatched")

    def test_names_no_path_that_is_missing(self):
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if "://" not in target:
                self.assertTrue((ROOT / target).exists(), f"README.md links {target}, which is not there")


if __name__ == "__main__":
    unittest.main()
