"""From an empty folder to the first message: a new plugin's README, followed against the installed SDK."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.eventually import eventually  # noqa: E402
from support.herald_host import HeraldHost  # noqa: E402
from support.shell_page import blocks  # noqa: E402

HERALD, BUILD = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:]


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def offers_check():
    """Whether this host has the command that the README tells an author to run."""
    return "plugin check" in run(HERALD, "plugin", "--help")


class PluginNew(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="herald-plugin-new-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.prefix = self.folder / "a prefix"
        run("cmake", "--install", BUILD, "--component", "sdk", "--prefix", str(self.prefix))
        self.plugin = self.folder / "acme"
        # What a person who has installed Herald finds in PATH, and CMake by itself.
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "herald").symlink_to(HERALD)
        self.environment = {**{name: value for name, value in os.environ.items() if not name.startswith("API_")},
                            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                            "CMAKE_PREFIX_PATH": str(self.prefix)}

    def begin(self, channels):
        run(HERALD, "plugin", "new", "acme", "--channels", channels, cwd=self.folder)

    def follow_the_readme(self):
        """Its commands up to the host, which the test starts on a free port; the call of the second shell."""
        shell = [block.text for block in blocks(self.plugin / "README.md") if block.language == "sh"]
        *before, call = shell
        for text in before:
            lines = [line for line in text.splitlines() if line != "herald --plugin-dir plugins --data-dir data"]
            if not offers_check():
                lines = [line for line in lines if not line.startswith("herald plugin check")]
            run("bash", "-euc", "\n".join(lines), cwd=self.plugin, env=self.environment)
        return call

    def send_the_first_message(self, call):
        with HeraldHost(HERALD, {"API_PLUGIN_DIR": str(self.plugin / "plugins")}) as host:
            answer = json.loads(run("bash", "-euc", call.replace("127.0.0.1:8080", f"127.0.0.1:{host.port}")))

            def dispatched():
                message = json.loads(host.call("GET", f"/api/messages/{answer['id']}")[2])
                return message if message["status"] == "dispatched" else None
            message = eventually(dispatched, within_s=30)
            self.assertIsNotNone(message, answer)
            self.assertEqual(message["provider_name"], "acme")

    def test_sends_its_first_sms_as_its_readme_says(self):
        self.begin("sms")
        self.send_the_first_message(self.follow_the_readme())

    def test_sends_its_first_email_as_its_readme_says(self):
        self.begin("email,sms")
        self.send_the_first_message(self.follow_the_readme())

    def test_takes_a_name_that_is_a_word_of_cmake_or_of_the_linker(self):
        for name in ("test", "dl", "c", "class"):
            with self.subTest(name):
                run(HERALD, "plugin", "new", name, "--channels", "sms", cwd=self.folder)
                run("cmake", "-S", name, "-B", f"{name}/build", cwd=self.folder, env=self.environment)
        run("cmake", "--build", "dl/build", cwd=self.folder, env=self.environment)
        run("ctest", "--test-dir", "dl/build", cwd=self.folder, env=self.environment)
        self.assertTrue((self.folder / "dl" / "build" / "dl.so").is_file())

    def test_is_built_against_the_build_tree_as_the_command_says(self):
        told = run(HERALD, "plugin", "new", "acme", "--channels", "mms", cwd=self.folder)
        steps = [line.strip() for line in told.splitlines() if line.startswith("  ")]
        self.assertEqual(len(steps), 4, told)
        shutil.rmtree(self.prefix)
        run("bash", "-euc", "\n".join(steps), cwd=self.folder)
        self.assertTrue((self.plugin / "build" / "acme.so").is_file())


if __name__ == "__main__":
    unittest.main()
