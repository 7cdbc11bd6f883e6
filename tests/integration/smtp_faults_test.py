"""Every way in which an SMTP server can refuse, delay or vanish, seen through the host: what became of the message."""

import asyncio
import datetime
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.eventually import eventually  # noqa: E402
from support.mail_server import ClosedPort, Conduct, MailServer, for_ever, vanish  # noqa: E402
from support.smtp_host import SmtpHost, attempts_of  # noqa: E402

PLUGIN = sys.argv.pop()
BINARY = sys.argv.pop()


class Refusing(Conduct):
    """Refuses the first `times` recipients or contents."""

    def __init__(self, recipient=None, content=None, greeting=None, times=1_000_000):
        self._recipient, self._content, self._greeting = recipient, content, greeting
        self._left = times

    def _refusal(self, reply):
        if reply is None or self._left == 0:
            return None
        self._left -= 1
        return reply

    async def greet(self, connection):
        return self._refusal(self._greeting)

    async def recipient(self, connection, address):
        return self._refusal(self._recipient)

    async def content(self, connection, envelope):
        return self._refusal(self._content)


class Silent(Conduct):
    """Takes the mail and never says so."""

    async def content(self, connection, envelope):
        await for_ever(connection)


class Late(Conduct):
    """Refuses the first mail, but only when the second has begun, or the first client has gone."""

    def __init__(self):
        self.calls = 0
        self.second = asyncio.Event()

    async def recipient(self, connection, address):
        if self.calls:
            self.second.set()

    async def content(self, connection, envelope):
        self.calls += 1
        if self.calls > 1:
            return None
        await self.second.wait()
        return "554 5.7.1 This is about the first mail"


class SilentOnQuit(Conduct):
    async def recipient(self, connection, address):
        return "550 5.1.1 No such mailbox"

    async def quit(self, connection):
        await for_ever(connection)


class OneMailEach(Conduct):
    """Ends a connection when a second mail begins on it."""

    def __init__(self, farewell):
        self._farewell = farewell
        self._used = set()

    async def sender(self, connection, address):
        if connection not in self._used:
            return self._used.add(connection)
        return self._farewell or await vanish(connection)


class VanishingBeforeContent(Conduct):
    async def before_content(self, connection):
        await vanish(connection)


class VanishingInContent(Conduct):
    """Is gone when it has read the first lines of a mail."""

    async def before_content(self, connection):
        await connection._reader.readuntil(b"\r\n")
        await vanish(connection)


class VanishingBeforeReply(Conduct):
    """Takes the first mail as a whole, and is gone before it says so; then it behaves."""

    def __init__(self):
        self.taken = []

    async def content(self, connection, envelope):
        self.taken.append(bytes(envelope.content))
        if len(self.taken) == 1:
            await vanish(connection)


class SmtpFaults(unittest.TestCase):
    def host(self, port, config=None, **settings):
        return SmtpHost(BINARY, PLUGIN, port, config, {f"API_{name}": value for name, value in settings.items()})

    def outcome_with(self, conduct, config=None, body="Hello", **settings):
        """Status, attempts, and how many mails the server has taken, for one mail with two retries at most."""
        settings = {"WORKER_MAX_RETRIES": "2", **settings}
        with MailServer(conduct) as server, self.host(server.port, config, **settings) as host:
            message = host.sent(body=body)
            return message["status"], attempts_of(message), len(server.received)

    def test_greylisting_is_waited_out(self):
        conduct = Refusing(recipient="451 4.7.1 Greylisted, try again later", times=1)
        with MailServer(conduct) as server, self.host(server.port, {"greylist_retry_seconds": 1}) as host:
            message = host.sent()
            self.assertEqual(message["status"], "dispatched")
            self.assertEqual(attempts_of(message), [("rate_limited", "smtp_451"), ("success", None)])
            first, second = (datetime.datetime.fromisoformat(attempt["started_at"]) for attempt in message["attempts"])
            self.assertGreaterEqual(second - first, datetime.timedelta(seconds=1))
            self.assertEqual(len(server.received), 1)

    def test_greylisting_opens_no_breaker(self):
        conduct = Refusing(recipient="450 4.2.0 Greylisted", times=12)
        with MailServer(conduct) as server, self.host(server.port, BREAKER_ERROR_THRESHOLD="1",
                                                      BREAKER_OPEN_SECS="3600") as host:
            messages = [host.send() for _ in range(4)]
            self.assertEqual({host.settled(message)["status"] for message in messages}, {"dispatched"})
            self.assertEqual(len(server.received), 4)

    def test_greylisting_after_the_content_is_waited_out_too(self):
        self.assertEqual(self.outcome_with(Refusing(content="451 4.7.1 Greylisted", times=1)),
                         ("dispatched", [("rate_limited", "smtp_451"), ("success", None)], 1))

    def test_a_server_in_trouble_is_an_error_and_tried_again(self):
        self.assertEqual(self.outcome_with(Refusing(content="452 4.3.1 Out of space", times=2)),
                         ("dispatched", [("error", "smtp_452"), ("error", "smtp_452"), ("success", None)], 1))

    def test_a_server_that_closes_is_an_error(self):
        self.assertEqual(self.outcome_with(Refusing(recipient="421 4.3.2 Closing", times=1)),
                         ("dispatched", [("error", "smtp_421"), ("success", None)], 1))

    def test_a_server_that_takes_no_connection_is_an_error(self):
        self.assertEqual(self.outcome_with(Refusing(greeting="554 No service here")),
                         ("failed", [("error", "smtp_554")] * 3, 0))

    def test_an_unknown_recipient_is_rejected_for_good(self):
        self.assertEqual(self.outcome_with(Refusing(recipient="550 5.1.1 No such mailbox")),
                         ("failed", [("rejected", "smtp_550")], 0))

    def test_a_refused_content_is_rejected_for_good(self):
        self.assertEqual(self.outcome_with(Refusing(content="554 5.7.1 Spam")),
                         ("failed", [("rejected", "smtp_554")], 0))

    def test_a_rejection_waits_for_no_farewell(self):
        # libcurl would wait for 6 s, its limit of whole seconds, and the host would have given the attempt up by then.
        self.assertEqual(self.outcome_with(SilentOnQuit(), DISPATCH_TIMEOUT_MS="5500"),
                         ("failed", [("rejected", "smtp_550")], 0))

    def test_a_slow_server_is_a_timeout(self):
        self.assertEqual(self.outcome_with(Silent(), DISPATCH_TIMEOUT_MS="800"),
                         ("failed", [("timeout", "timeout_after_data")] * 3, 0))

    def test_a_late_answer_is_taken_for_no_other_mail(self):
        self.assertEqual(self.outcome_with(Late(), {"connections": 1}, DISPATCH_TIMEOUT_MS="1000"),
                         ("dispatched", [("timeout", "timeout_after_data"), ("success", None)], 1))

    def test_a_server_that_does_not_greet_is_a_timeout(self):
        class Mute(Conduct):
            async def greet(self, connection):
                await for_ever(connection)

        self.assertEqual(self.outcome_with(Mute(), DISPATCH_TIMEOUT_MS="800"),
                         ("failed", [("timeout", "timeout")] * 3, 0))

    def test_the_configured_time_is_kept_too(self):
        self.assertEqual(self.outcome_with(Silent(), {"timeout_ms": 800}, WORKER_MAX_RETRIES="0"),
                         ("failed", [("timeout", "timeout_after_data")], 0))

    def test_a_server_that_vanishes_before_the_content_is_an_error(self):
        status, attempts, taken = self.outcome_with(VanishingBeforeContent(), body="Hello\n" * 30_000)
        self.assertEqual((status, len(attempts), taken), ("failed", 3, 0))
        # How much of the mail had left, only the client's kernel knows.
        self.assertLessEqual(set(attempts), {("error", "connection_lost"), ("error", "lost_after_data")})

    def test_a_server_that_vanishes_in_the_content_is_an_error(self):
        status, attempts, taken = self.outcome_with(VanishingInContent(), body="Hello\n" * 30_000)
        self.assertEqual((status, len(attempts), taken), ("failed", 3, 0))
        self.assertLessEqual(set(attempts), {("error", "connection_lost"), ("error", "lost_after_data")})

    def test_a_mail_whose_receipt_is_uncertain_goes_again_as_the_same_mail(self):
        conduct = VanishingBeforeReply()
        with MailServer(conduct) as server, self.host(server.port) as host:
            message = host.sent(subject="Once")
            self.assertEqual(message["status"], "dispatched")
            self.assertEqual(attempts_of(message), [("error", "lost_after_data"), ("success", None)])
            self.assertEqual(len(conduct.taken), 2)
            self.assertEqual(conduct.taken[0], conduct.taken[1])
            self.assertIn(f"Message-ID: {message['provider_message_id']}\r\n".encode(), conduct.taken[0])

    def test_a_server_that_is_down_is_an_error_until_it_is_up(self):
        with ClosedPort() as closed, self.host(closed.port, WORKER_MAX_RETRIES="1000",
                                               BREAKER_ERROR_THRESHOLD="1000000") as host:
            message_id = host.send()
            self.assertTrue(eventually(lambda: host.message(message_id)["attempts"], within_s=30))
            with MailServer() as server:
                status, _, body = host.call("PUT", "/api/providers/smtp/config",
                                            {**host.config, "url": f"smtp://127.0.0.1:{server.port}"})
                self.assertEqual(status, 200, body)
                message = host.settled(message_id)
        self.assertEqual(message["status"], "dispatched")
        self.assertEqual(set(attempts_of(message)[:-1]), {("error", "connection_refused")})

    def test_a_connection_that_the_server_closed_meanwhile_costs_no_attempt(self):
        with MailServer() as server, self.host(server.port, {"connections": 1}) as host:
            self.assertEqual(attempts_of(host.sent()), [("success", None)])
            server.drop_connections()
            self.assertEqual(attempts_of(host.sent()), [("success", None)])
            self.assertEqual((server.connections, len(server.received)), (2, 2))

    def test_a_connection_that_is_closed_under_the_next_mail_costs_no_attempt(self):
        for farewell in ("421 4.4.2 You were idle for too long", None):
            with self.subTest(farewell), MailServer(OneMailEach(farewell)) as server, \
                    self.host(server.port, {"connections": 1}) as host:
                for _ in range(3):
                    self.assertEqual(attempts_of(host.sent()), [("success", None)])
                self.assertEqual((server.connections, len(server.received)), (3, 3))

    def test_a_slow_server_delays_no_more_than_its_connections(self):
        class SlowOnce(Conduct):
            def __init__(self):
                self.calls = 0

            async def content(self, connection, envelope):
                self.calls += 1
                if self.calls == 1:
                    await asyncio.Event().wait()

        with MailServer(SlowOnce()) as server, self.host(server.port, DISPATCH_TIMEOUT_MS="20000") as host:
            stuck = host.send()
            self.assertTrue(eventually(lambda: server.conduct.calls == 1))
            self.assertEqual(host.sent()["status"], "dispatched")
            self.assertEqual(host.message(stuck)["status"], "dispatching")


if __name__ == "__main__":
    unittest.main()
