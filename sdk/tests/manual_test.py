"""The manual's commands run as written, and its code is that of the examples.

Arguments: the build tree, the program herald.
"""

import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

SDK = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SDK.parent / "tests"))
from support.eventually import eventually  # noqa: E402
from support.herald_host import HeraldHost  # noqa: E402
from support.shell_page import blocks  # noqa: E402

BUILD, HERALD = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:]
PAGE = blocks(SDK / "README.md")


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def block_with(language, words):
    """The one block of the manual that holds these words."""
    found = [block.text for block in PAGE if block.language == language and words in block.text]
    assert len(found) == 1, f"{len(found)} blocks in {language} hold {words!r}"
    return found[0]


def without_missing_commands(text):
    """Leaves `plugin check` out where this host has no such command."""
    if "plugin check" in run(HERALD, "plugin", "--help"):
        return text
    return "\n".join(line for line in text.splitlines() if not line.startswith("herald plugin check"))


class Carrier(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    posts = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.posts.append((self.path, self.headers["Authorization"], self.headers["Idempotency-Key"], body))
        answer = b'{"id":"carrier-1"}'
        self.send_response(201)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Tests print nothing."""


class Manual(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="herald-manual-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.prefix = self.folder / "prefix"
        run("cmake", "--install", BUILD, "--component", "sdk", "--prefix", str(self.prefix))
        shims = self.folder / "bin"
        shims.mkdir()
        (shims / "herald").symlink_to(HERALD)
        (shims / "clang++").symlink_to("/usr/bin/clang++-14")
        packages = next(self.prefix.rglob("herald-sdk.pc")).parent
        self.environment = {**{name: value for name, value in os.environ.items() if not name.startswith("API_")},
                            "PATH": f"{shims}:{os.environ['PATH']}", "CMAKE_PREFIX_PATH": str(self.prefix),
                            "PKG_CONFIG_PATH": str(packages)}

    def shell(self, text, folder):
        run("bash", "-euc", without_missing_commands(text).replace("<prefix>", str(self.prefix)), cwd=folder,
            env=self.environment)

    def test_shows_the_examples_own_code(self):
        sources = {name: (SDK / "examples" / name).read_text(encoding="utf-8")
                   for name in ("http_post/provider.cpp", "callbacks.cpp")}
        for name, words in (("http_post/provider.cpp", "kSchema = R"), ("http_post/provider.cpp", "Outcome send("),
                            ("http_post/provider.cpp", "Outcome post("), ("http_post/provider.cpp", "status == 429"),
                            ("callbacks.cpp", "is_carrier(request)")):
            shown = [block.text for block in PAGE if block.language == "cpp" and words in block.text
                     and re.sub(r"(?m)^ +", "", block.text) in re.sub(r"(?m)^ +", "", sources[name])]
            self.assertEqual(len(shown), 1, f"{words} of {name}")

    def test_links_nothing_that_is_missing_once_it_is_installed(self):
        manual = self.prefix / "share/herald/sdk/README.md"
        text = re.sub(r"(?ms)^```.*?^```|`[^`\n]*`", "", manual.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            self.assertTrue((manual.parent / target).exists(), target)

    def test_begins_a_plugin(self):
        self.shell(block_with("sh", "herald plugin new acme"), self.folder)
        self.assertTrue((self.folder / "acme/build/acme.so").is_file())

    def test_builds_without_cmake(self):
        for file in ("template/provider.cpp", "examples/discard.c"):
            source = self.prefix / "share/herald/sdk" / file
            (self.folder / source.name).write_bytes(source.read_bytes())
        lines = block_with("sh", "pkg-config --cflags").splitlines()
        self.assertEqual(len(lines), 3)
        for line in lines:
            plugin = self.folder / re.search(r"-o (\S+)", line).group(1)
            self.shell(line, self.folder)
            self.assertTrue(plugin.is_file(), line)
            plugin.unlink()

    def test_builds_drops_in_and_sends_through_the_worked_example(self):
        self.shell(block_with("sh", "build/http-post.so"), self.folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Carrier)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        settings = self.folder / "herald.toml"
        settings.write_text(block_with("toml", "http-post").replace(":9000", f":{server.server_port}"),
                            encoding="utf-8")
        setup = {"API_CONFIG": str(settings), "API_PLUGIN_DIR": str(self.folder / "http_post" / "plugins")}
        with HeraldHost(HERALD, setup) as host:
            status, _, payload = host.call("POST", "/api/messages/sms", {
                "from": "+12025550123", "to": "+12025550142", "type": "sms", "body": "Your code is 4711"})
            self.assertEqual(status, 202, payload)
            self.assertTrue(eventually(lambda: Carrier.posts, within_s=30), host.raw_log())

            def dispatched():
                message = json.loads(host.call("GET", f"/api/messages/{json.loads(payload)['id']}")[2])
                return message["status"] == "dispatched"
            self.assertTrue(eventually(dispatched, within_s=30))
        path, authorization, key, body = Carrier.posts[0]
        self.assertEqual((path, authorization), ("/messages", "Bearer secret"))
        self.assertTrue(key)
        self.assertEqual(body, {"channel": "sms", "from": "+12025550123", "to": "+12025550142",
                                "body": "Your code is 4711"})


if __name__ == "__main__":
    unittest.main()
