"""Encryption, authentication and secrets of the SMTP example, against a server with a certificate of its own."""

import json
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.mail_server import Conduct, MailServer  # noqa: E402
from support.smtp_host import SmtpHost, attempts_of  # noqa: E402
from support.test_certificates import Authority  # noqa: E402

PLUGIN = sys.argv.pop()
BINARY = sys.argv.pop()

PASSWORD = "p@ss wörd:\"4711\""
USER = {"username": "herald", "password": PASSWORD}
USERS = {"herald": PASSWORD}
ONCE = {"API_WORKER_MAX_RETRIES": "0"}


class SmtpSecurity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.tls = cls.authority.server_context()

    def host(self, server, scheme="smtp", **config):
        given = {"url": f"{scheme}://127.0.0.1:{server.port}", "ca_file": self.authority.certificate, **config}
        if scheme == "smtps":
            given.setdefault("starttls", "never")
        return SmtpHost(BINARY, PLUGIN, server.port, given, ONCE)

    def attempts_with(self, server, **config):
        with self.host(server, **config) as host:
            return attempts_of(host.sent())

    def test_a_mail_goes_over_starttls_with_the_password(self):
        for mechanism in ("any", "plain", "login"):
            with self.subTest(mechanism), MailServer(users=USERS, tls=self.tls, require_starttls=True) as server:
                self.assertEqual(self.attempts_with(server, starttls="required", auth=mechanism, **USER),
                                 [("success", None)])
                self.assertEqual([(mail.user, mail.encrypted) for mail in server.received], [("herald", True)])

    def test_an_encrypted_connection_is_used_again(self):
        with MailServer(users=USERS, tls=self.tls) as server, self.host(server, starttls="required", **USER) as host:
            for _ in range(3):
                self.assertEqual(host.sent()["status"], "dispatched")
            self.assertEqual((server.connections, len(server.received)), (1, 3))

    def test_a_mail_goes_over_tls_from_the_first_byte(self):
        with MailServer(users=USERS, implicit_tls=self.tls) as server:
            self.assertEqual(self.attempts_with(server, scheme="smtps", **USER), [("success", None)])
            self.assertEqual([(mail.user, mail.encrypted) for mail in server.received], [("herald", True)])

    def test_opportunistic_encryption_takes_what_is_offered(self):
        for tls in (self.tls, None):
            with MailServer(tls=tls) as server:
                self.assertEqual(self.attempts_with(server, starttls="opportunistic"), [("success", None)])
                self.assertEqual([mail.encrypted for mail in server.received], [tls is not None])

    def test_required_encryption_that_is_not_offered_sends_nothing(self):
        with MailServer(tls=None) as server:
            self.assertEqual(self.attempts_with(server, starttls="required"), [("error", "starttls_unavailable")])
            self.assertEqual(server.received, [])

    def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(self):
        with Authority() as stranger, MailServer(tls=self.tls) as server:
            self.assertEqual(self.attempts_with(server, starttls="required", ca_file=stranger.certificate),
                             [("error", "tls_untrusted")])
            self.assertEqual(server.received, [])

    def test_a_server_with_another_name_gets_nothing_unless_the_operator_says_so(self):
        context = self.authority.server_context("DNS:elsewhere.test")
        with MailServer(tls=context) as server:
            self.assertEqual(self.attempts_with(server, starttls="required"), [("error", "tls_untrusted")])
            self.assertEqual(server.received, [])
            self.assertEqual(self.attempts_with(server, starttls="required", tls_verify=False), [("success", None)])

    def test_a_wrong_password_is_no_fault_of_the_message(self):
        with MailServer(users=USERS, tls=self.tls) as server:
            self.assertEqual(self.attempts_with(server, starttls="required", username="herald", password="wrong"),
                             [("error", "auth_failed")])

    def test_a_server_that_wants_a_password_is_no_fault_of_the_message(self):
        with MailServer(users=USERS, tls=self.tls) as server:
            self.assertEqual(self.attempts_with(server, starttls="required"), [("error", "smtp_530")])

    def test_a_server_that_offers_no_authentication_gets_no_mail(self):
        class Refusing(Conduct):
            async def recipient(self, connection, address):
                return "550 5.7.1 Relaying denied"

        # aiosmtpd offers AUTH on encrypted connections alone.
        for conduct in (Conduct(), Refusing()):
            with self.subTest(type(conduct)), MailServer(conduct) as server:
                self.assertEqual(self.attempts_with(server, starttls="never", plaintext_auth=True, **USER),
                                 [("error", "auth_not_offered")])
                self.assertEqual(server.received, [])

    def test_a_server_that_offers_no_mechanism_gets_no_mail(self):
        with MailServer(tls=self.tls, auth_exclude_mechanism=["PLAIN", "LOGIN"]) as server:
            self.assertEqual(self.attempts_with(server, starttls="required", **USER), [("error", "auth_not_offered")])
            self.assertEqual(server.received, [])

    def test_the_password_goes_in_the_clear_only_when_the_operator_says_so(self):
        with MailServer(users=USERS) as server:
            self.assertEqual(self.attempts_with(server, starttls="never", plaintext_auth=True, **USER),
                             [("success", None)])
            with self.host(server) as host:
                status, _, body = host.call("PUT", "/api/providers/smtp/config", {**host.config, **USER})
                self.assertEqual((status, "plaintext_auth" in body.decode()), (400, True), body)
                self.assertEqual(attempts_of(host.sent()), [("error", "smtp_530")])

    def test_the_password_is_shown_to_nobody(self):
        with MailServer(users=USERS, tls=self.tls) as server, self.host(server, starttls="required", **USER) as host:
            self.assertEqual(host.sent()["status"], "dispatched")
            shown = json.loads(host.call("GET", "/api/providers/smtp/config")[2])
            self.assertEqual(shown["password"], "***")
            self.assertEqual(host.terminate(), 0)
            log = host.raw_log()
            for secret in (PASSWORD, json.dumps(PASSWORD)[1:-1], "recipient@example.com", "AUTH PLAIN"):
                self.assertNotIn(secret, log)

    def test_a_change_of_settings_holds_for_the_next_mail(self):
        with MailServer() as former, MailServer() as later, self.host(former, starttls="never") as host:
            self.assertEqual(host.sent()["status"], "dispatched")
            changed = {**host.config, "url": f"smtp://127.0.0.1:{later.port}"}
            self.assertEqual(host.call("PUT", "/api/providers/smtp/config", changed)[0], 200)
            self.assertEqual(host.sent()["status"], "dispatched")
            self.assertEqual((len(former.received), len(later.received)), (1, 1))
            self.assertEqual(host.call("PUT", "/api/providers/smtp/config", {"url": "http://127.0.0.1"})[0], 400)
            self.assertEqual(host.sent()["status"], "dispatched")
            self.assertEqual((len(former.received), len(later.received)), (1, 2))


if __name__ == "__main__":
    unittest.main()
