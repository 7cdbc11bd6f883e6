"""Keys on the real host: made, listed and revoked beside it, and in force without a restart."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.eventually import eventually  # noqa: E402
from support.herald_host import HeraldHost  # noqa: E402

BINARY = sys.argv.pop()
SMS = {"from": "+12025550123", "to": "+12025550142", "type": "sms", "body": "Your code is 4711"}


class KeysTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "keys"
        self.environment = {"API_KEYS_FILE": str(self.file)}

    def herald(self, *arguments, code=0):
        done = subprocess.run([BINARY, *arguments], env=self.environment, capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def create(self, name, scopes, *more):
        return self.herald("key", "create", name, "--scopes", scopes, *more).stdout.strip()

    def listed(self):
        return {item["name"]: item for item in json.loads(self.herald("key", "list", "--json").stdout)["items"]}

    def start(self, **more):
        host = HeraldHost(BINARY, {**self.environment, **more})
        host.__enter__()
        self.addCleanup(host.__exit__)
        return host

    @staticmethod
    def status(host, secret, path="/api/messages"):
        return host.call("GET", path, headers={"Authorization": f"Bearer {secret}"})[0]


class Command(KeysTest):
    def test_shows_a_secret_once_and_keeps_it_nowhere(self):
        done = self.herald("key", "create", "shop", "--scopes", "send,read")
        secret = done.stdout.strip()
        self.assertRegex(secret, r"^herald_[0-9a-f]{16}_[0-9a-f]{64}$")
        self.assertEqual(done.stdout.count("\n"), 1, "a script takes the output for the secret")
        random_part = secret[-64:]
        for text in (done.stderr, self.file.read_text(encoding="ascii"), self.herald("key", "list").stdout):
            self.assertNotIn(random_part, text)
        self.assertEqual(self.file.stat().st_mode & 0o7777, 0o600)

    def test_makes_no_key_twice(self):
        self.assertNotEqual(self.create("a", "read"), self.create("a", "read"))

    def test_lists_what_was_made(self):
        self.create("shop", "read,send", "--expires", "90d")
        self.create("night watch", "admin", "--expires=2100-01-01T00:00:00Z")
        keys = self.listed()
        self.assertEqual(set(keys), {"shop", "night watch"})
        self.assertEqual(keys["shop"]["scopes"], "send,read")
        self.assertFalse(keys["shop"]["expired"])
        self.assertEqual(keys["night watch"]["expires_at"], "2100-01-01T00:00:00.000Z")
        table = self.herald("key", "list").stdout
        self.assertIn("night watch", table)
        self.assertTrue(table.startswith("ID "))

    def test_refuses_what_it_cannot_mean(self):
        for arguments in (("create",), ("create", "a"), ("create", "a", "--scopes", "write"),
                          ("create", "--scopes", "read"), ("create", "a\nb", "--scopes", "read"), ("revoke",),
                          ("revoke", "shop"), ("destroy",), (),
                          ("create", "a", "--scopes", "read", "--expires", "0d"), ("list", "--no-such-setting", "1"),
                          ("create", "a", "--scopes", "read", "--expires", "2001-01-01T00:00:00Z")):
            with self.subTest(arguments=arguments):
                self.assertTrue(self.herald("key", *arguments, code=2).stderr.startswith("herald: "))
        self.assertFalse(self.file.exists())
        del self.environment["API_KEYS_FILE"]
        self.assertIn("--keys-file", self.herald("key", "list", code=2).stderr)

    def test_fails_on_a_file_that_others_may_read_or_that_is_broken(self):
        self.create("a", "read")
        os.chmod(self.file, 0o640)
        for arguments in (("create", "b", "--scopes", "read"), ("list",), ("revoke", "0" * 16)):
            self.assertIn(f"chmod 600 {self.file}", self.herald("key", *arguments, code=1).stderr)
        os.chmod(self.file, 0o600)
        self.assertIn("has no key", self.herald("key", "revoke", "0" * 16, code=1).stderr)
        with open(self.file, "a", encoding="ascii") as file:
            file.write("junk\n")
        before = self.file.read_bytes()
        self.assertIn("line 4", self.herald("key", "create", "b", "--scopes", "read", code=1).stderr)
        self.assertEqual(self.file.read_bytes(), before)


class Host(KeysTest):
    def test_takes_new_keys_and_drops_revoked_ones_while_it_runs(self):
        first = self.create("first", "read")
        host = self.start()
        self.assertEqual(self.status(host, first), 200)
        second = self.create("second", "read")
        self.assertTrue(eventually(lambda: self.status(host, second) == 200))
        self.herald("key", "revoke", self.listed()["first"]["id"])
        self.assertTrue(eventually(lambda: self.status(host, first) == 401))
        self.assertEqual(self.status(host, second), 200)

    def test_keeps_its_keys_when_the_file_breaks_and_says_so(self):
        key = self.create("a", "read")
        host = self.start()
        self.file.write_text("junk\n", encoding="ascii")
        self.assertTrue(eventually(lambda: host.log_of("access.file_refused")))
        self.assertEqual(host.log_of("access.file_refused")[0]["level"], "error")
        self.assertEqual(self.status(host, key), 200)
        self.assertIn(b"\nherald_access_files_refused 1\n", host.call("GET", "/metrics")[2])

    def test_does_not_start_without_the_file_that_was_named(self):
        for prepare in (lambda: None, lambda: self.file.write_text("junk\n", encoding="ascii"),
                        lambda: os.chmod(self.file, 0o644)):
            prepare()
            done = self.herald("serve", "--port", "0", "--data-dir", str(self.file.parent / "data"), code=1)
            self.assertIn("keys_file", done.stderr)
            self.assertFalse((self.file.parent / "data").exists())

    def test_lets_a_key_expire(self):
        done = subprocess.run(["date", "-u", "-d", "+3 seconds", "+%Y-%m-%dT%H:%M:%SZ"], capture_output=True, text=True,
                              check=True)
        key = self.create("brief", "read", "--expires", done.stdout.strip())
        host = self.start()
        self.assertTrue(eventually(lambda: self.status(host, key) == 401))
        self.assertTrue(eventually(lambda: self.listed()["brief"]["expired"]))

    def test_tells_nobody_a_key_that_it_was_shown(self):
        good, stranger = self.create("a", "read"), "herald_" + "7" * 16 + "_" + "e" * 64
        host = self.start(API_LOG_LEVEL="trace")
        answers = b""
        for secret in (good, stranger, stranger[:-1]):
            headers = {"Authorization": f"Bearer {secret}"}
            for method, path in (("GET", "/api/messages"), ("POST", "/api/messages/sms"), ("GET", "/api/nothing")):
                answers += host.call(method, path, SMS if method == "POST" else None, headers)[2]
        answers += host.call("GET", "/metrics")[2]
        self.assertEqual(host.terminate(), 0)
        for text in (answers.decode(), host.raw_log()):
            self.assertNotIn(good[-64:], text)
            self.assertNotIn("e" * 63, text)
        reasons = {line["reason"] for line in host.log_of("access.denied")}
        self.assertEqual(reasons, {"unknown key"})
        self.assertEqual({line["network"] for line in host.log_of("access.denied")}, {"127.0.0.0/24"})

    def test_serves_nobody_beyond_loopback_without_keys_unless_told_to(self):
        environment = {"API_PORT": "0", "API_HOST": "0.0.0.0", "API_DATA_DIR": str(self.file.parent / "data")}
        self.environment = environment
        self.assertIn("--insecure", self.herald("serve", code=2).stderr)
        self.assertFalse((self.file.parent / "data").exists())
        host = HeraldHost(BINARY, {"API_HOST": "0.0.0.0", "API_INSECURE": "on"})
        with host:
            self.assertEqual(host.call("GET", "/api/messages")[0], 200)
            self.assertEqual(len(host.log_of("access.insecure")), 1)


class Proxies(KeysTest):
    def test_are_believed_about_their_clients_rate(self):
        host = self.start(API_KEYS_FILE="", API_TRUSTED_PROXIES="127.0.0.1", API_RATE_LIMIT_PER_IP_PER_MIN="2")

        def send(client):
            return host.call("POST", "/api/messages/sms", SMS, {"X-Forwarded-For": f"192.0.2.66, {client}"})[0]

        self.assertEqual([send("203.0.113.1") for _ in range(3)], [202, 202, 429])
        self.assertEqual(send("203.0.113.2"), 202)

    def test_of_others_are_not_believed(self):
        host = self.start(API_KEYS_FILE="", API_TRUSTED_PROXIES="192.0.2.0/24", API_RATE_LIMIT_PER_IP_PER_MIN="2")
        answers = [host.call("POST", "/api/messages/sms", SMS, {"X-Forwarded-For": f"203.0.113.{i}"})[0]
                   for i in range(3)]
        self.assertEqual(answers, [202, 202, 429])


if __name__ == "__main__":
    unittest.main()
