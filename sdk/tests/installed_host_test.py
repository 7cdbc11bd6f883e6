"""An installed host finds the plugins that were installed with it, and its SDK, wherever the folder was moved to.

Arguments: the build tree, the plugins that belong to it.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD, PLUGINS = sys.argv[1], sys.argv[2].split(",")


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class InstalledHost(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="herald-installed-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("API_")}

    def install(self, component):
        run("cmake", "--install", BUILD, "--component", component, "--prefix", str(self.folder / "a prefix"))

    def plugins(self, prefix):
        listed = run(str(prefix / "bin" / "herald"), "plugin", "list", "--json", cwd=self.folder, env=self.environment)
        return sorted((item["name"], item["state"]) for item in json.loads(listed)["items"])

    def test_finds_its_own_plugins(self):
        self.install("host")
        self.assertEqual(self.plugins(self.folder / "a prefix"), [(name, "active") for name in sorted(PLUGINS)])

    def test_finds_them_where_it_was_moved_to(self):
        self.install("host")
        (self.folder / "a prefix").rename(self.folder / "moved")
        self.assertEqual(self.plugins(self.folder / "moved"), [(name, "active") for name in sorted(PLUGINS)])

    def test_tells_a_new_plugins_author_where_the_sdk_is(self):
        self.install("host")
        herald = str(self.folder / "a prefix" / "bin" / "herald")
        told = run(herald, "plugin", "new", "mine", "--channels", "sms", cwd=self.folder)
        self.assertIn("No SDK stands beside this program", told)
        self.install("sdk")
        told = run(herald, "plugin", "new", "other", "--channels", "sms", cwd=self.folder)
        package = next((self.folder / "a prefix").rglob("HeraldSdkConfig.cmake")).parent
        self.assertIn(f"-DHeraldSdk_DIR='{package}'", told)

    def test_goes_below_a_destdir(self):
        stage = self.folder / "stage"
        for component in ("host", "sdk"):
            run("cmake", "--install", BUILD, "--component", component, "--prefix", "/opt/herald",
                env={**self.environment, "DESTDIR": str(stage)})
        self.assertTrue((stage / "opt/herald/bin/herald").is_file())
        self.assertTrue((stage / "opt/herald/include/herald/abi.h").is_file())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
