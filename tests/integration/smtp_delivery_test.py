"""A thousand mails sent through the REST API by the SMTP example arrive once each, and as they were written."""

import email
import email.policy
import re
import sys
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.eventually import eventually  # noqa: E402
from support.mail_bodies import body_of, subject_of  # noqa: E402
from support.mail_server import MailServer  # noqa: E402
from support.smtp_host import SmtpHost, attempts_of  # noqa: E402

PLUGIN = sys.argv.pop()
BINARY = sys.argv.pop()

MAILS = 1_000
CLIENTS = 4
CONNECTIONS = 5
LINKS = ["https://example.com/a.pdf", "https://example.com/b?x=1&y=%C3%BC"]


def mail_of(seed):
    mail = {"from": f"sender-{seed % 7}@example.org", "to": f"recipient+{seed}@example.com", "body": body_of(seed),
            "timestamp": f"2026-03-{seed % 28 + 1:02}T12:00:00.000Z"}
    if subject_of(seed) is not None:
        mail["subject"] = subject_of(seed)
    if seed % 10 == 0:
        mail["attachments"] = LINKS
    return mail


def parts_of(content):
    """(content type, decoded bytes) of each leaf."""
    return [(part.get_content_type(), part.get_payload(decode=True))
            for part in email.message_from_bytes(content).walk() if not part.is_multipart()]


class SmtpDelivery(unittest.TestCase):
    def send_all(self, host):
        """The seeds by message id."""
        sent, faults, lock = {}, [], threading.Lock()

        def client(seeds):
            connection = host.connect()
            try:
                for seed in seeds:
                    message_id = host.send(connection, **mail_of(seed))
                    with lock:
                        sent[message_id] = seed
            except Exception as error:  # pylint: disable=broad-except
                faults.append(repr(error))
            connection.close()

        threads = [threading.Thread(target=client, args=(range(first, MAILS, CLIENTS),)) for first in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])
        return sent

    def check_headers(self, mail, sent, message_id):
        raw = email.message_from_bytes(mail.content)
        self.assertEqual((raw["From"], raw["To"]), (sent["from"], sent["to"]))
        self.assertEqual((mail.sender, mail.recipients), (sent["from"], [sent["to"]]))
        self.assertEqual(raw["Message-ID"], f"<{message_id}@example.org>")
        parsed = email.message_from_bytes(mail.content, policy=email.policy.default)
        self.assertEqual(parsed["Subject"], sent.get("subject"))
        self.assertEqual(parsed["Date"].datetime.strftime("%Y-%m-%dT%H:%M:%S.000Z"), sent["timestamp"])
        self.assertEqual(parsed["MIME-Version"], "1.0")
        self.assertLessEqual(max(map(len, mail.content.split(b"\r\n"))), 78)
        self.assertNotRegex(mail.content, re.compile(rb"[^\r]\n|\r[^\n]|[\x80-\xff]"))

    def check_parts(self, mail, sent):
        parts = parts_of(mail.content)
        if sent.get("attachments"):
            self.assertEqual(parts.pop(), ("text/plain", "".join(f"{link}\r\n" for link in LINKS).encode()))
        is_html = sent["body"].startswith("<!DOCTYPE html>")
        self.assertEqual([kind for kind, _ in parts], ["text/plain", "text/html"] if is_html else ["text/plain"])
        self.assertEqual(parts[-1][1], sent["body"].encode())

    def test_a_thousand_mails_arrive_once_each_and_byte_for_byte(self):
        with MailServer() as server, SmtpHost(BINARY, PLUGIN, server.port, {"connections": CONNECTIONS}) as host:
            seeds = self.send_all(host)
            self.assertTrue(eventually(lambda: len(server.received) >= MAILS, within_s=60), len(server.received))
            connection = host.connect()
            for message_id, seed in seeds.items():
                message = host.settled(message_id)
                self.assertEqual(attempts_of(message), [("success", None)], message)
                self.assertEqual(message["provider_message_id"], f"<{message_id}@example.org>")
            connection.close()
            by_id = {email.message_from_bytes(mail.content)["Message-ID"][1:].split("@")[0]: mail
                     for mail in server.received}
            self.assertEqual(len(server.received), MAILS)
            self.assertEqual(set(by_id), set(seeds))
            for message_id, seed in seeds.items():
                with self.subTest(seed=seed):
                    self.check_headers(by_id[message_id], mail_of(seed), message_id)
                    self.check_parts(by_id[message_id], mail_of(seed))
            print(f"{MAILS} mails over {server.connections} connections", flush=True)
            self.assertLessEqual(server.connections, CONNECTIONS)
            metrics = host.call("GET", "/metrics")[2].decode()
            counted = re.search(r"^herald_plugin_smtp_connections_total(?:\{[^}]*\})? (\d+)", metrics, re.MULTILINE)
            self.assertEqual(int(counted.group(1)), server.connections)

    def test_the_largest_mail_arrives(self):
        body = ("Zeile mit Umlaut ü und Punkt\r\n." * 8_000)[:250_000]
        with MailServer() as server, SmtpHost(BINARY, PLUGIN, server.port,
                                              settings={"API_MAX_BODY_BYTES": "1048576"}) as host:
            self.assertEqual(host.sent(body=body)["status"], "dispatched")
            self.assertEqual(parts_of(server.received[0].content), [("text/plain", body.encode())])

    def test_no_more_connections_than_one_mail_after_the_other_needs(self):
        with MailServer() as server, SmtpHost(BINARY, PLUGIN, server.port) as host:
            for _ in range(5):
                self.assertEqual(host.sent()["status"], "dispatched")
            self.assertEqual(server.connections, 1)

    def test_addresses_that_smtp_cannot_carry_are_rejected(self):
        with MailServer() as server, SmtpHost(BINARY, PLUGIN, server.port) as host:
            for address in ("müller@example.com", "someone@bücher.example"):
                self.assertEqual(attempts_of(host.sent(to=address)), [("rejected", "address_not_ascii")])
                self.assertEqual(attempts_of(host.sent(**{"from": address})), [("rejected", "address_not_ascii")])
            self.assertEqual(server.received, [])

    def test_unusual_addresses_arrive_as_they_were_written(self):
        with MailServer() as server, SmtpHost(BINARY, PLUGIN, server.port) as host:
            for address in ("o'brien+tag=x@sub.example.com", '"a b"@example.com', '"a@b"@example.com',
                            "user@[127.0.0.1]", "!#$%&'*/=?^_`{|}~@example.com"):
                self.assertEqual(host.sent(to=address)["status"], "dispatched", address)
                self.assertIn(f"\r\nTo: {address}\r\n".encode(), server.received[-1].content)

    def test_the_operators_sender_stands_before_the_messages_own(self):
        config = {"from": "noreply@example.net", "from_name": "Größe & Söhne, \"GmbH\"",
                  "envelope_sender": "bounces@example.net", "message_id_domain": "host-1.example.net"}
        with MailServer() as server, SmtpHost(BINARY, PLUGIN, server.port, config) as host:
            message = host.sent(subject="Hi")
            mail = server.received[0]
            parsed = email.message_from_bytes(mail.content, policy=email.policy.default)
            self.assertEqual(mail.sender, "bounces@example.net")
            self.assertEqual([(a.display_name, a.addr_spec) for a in parsed["From"].addresses],
                             [(config["from_name"], config["from"])])
            self.assertEqual(parsed["Reply-To"], "sender@example.org")
            self.assertEqual(parsed["Message-ID"], f"<{message['id']}@host-1.example.net>")


if __name__ == "__main__":
    unittest.main()
