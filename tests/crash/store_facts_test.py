"""That the crash harness finds what is half in a database: a sound one of the host's schema, damaged in every way."""

import os
import re
import sqlite3
import tempfile
import unittest

import store_facts

MIGRATIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "host", "store", "migrations.cpp")
READY = "INSERT INTO ready(provider_id, channel, due, message_id, expires_at, attempt, spent) "
PAGE = 4096  # bytes

# Four outbound messages in one conversation: 1 waits, 2 is in flight at its second attempt, 3 is dispatched, 4 waits
# for its retry; 5 came in.
SOUND = """
INSERT INTO provider VALUES(1, 'witness-phone', 4);
INSERT INTO conversation VALUES(1, 'sms:a<->b', 1, 'a', 'b');
INSERT INTO conversation_activity VALUES(50, 1, 5);
INSERT INTO ready(provider_id, channel, due, message_id, expires_at, attempt, spent)
  VALUES(1, 1, 10, 1, 99, 1, 0), (1, 1, 60, 4, 99, 2, 0);
INSERT INTO inflight(message_id, provider_id, due, expires_at, attempt, claimed_at) VALUES(2, 1, 20, 99, 2, 25);
INSERT INTO delivery(message_id, status, attempts, due, error_code, updated_at)
  VALUES(2, 1, 1, 20, 'x', 22), (3, 3, 1, 30, '', 35), (4, 1, 1, 60, 'x', 45);
INSERT INTO received VALUES(5, 'sms', 'carrier-5');
INSERT INTO idempotency_log VALUES(1, x'01', x'02', 3, 30);
INSERT INTO idempotency_bucket VALUES(0, 100);
INSERT INTO idempotency_key VALUES(0, x'03', x'04', 1, 10);
"""
MESSAGE = ("INSERT INTO message VALUES(?1, ?2, 1, 1, ?3, ?1 * 10, 99, ?1 * 10, 'r', 'a', 'b', 'a', 'b', NULL, '[]',"
           " 'ok t' || ?1 || ' Hello')")
ATTEMPT = "INSERT INTO attempt VALUES(?1, ?2, 1, 1, 10, 1, NULL, 0, 1, '', '', '')"

# What is done to the sound one, and the fault that it is.
DAMAGE = (
    (READY + "VALUES(1, 1, 1, 3, 99, 2, 0)", "more than one place"),
    (READY + "VALUES(1, 1, 1, 2, 99, 2, 0)", "more than one place"),
    ("DELETE FROM ready WHERE message_id = 1", "in no place"),
    ("DELETE FROM inflight", "in no place"),
    ("DELETE FROM message WHERE id = 2", "a place without its outbound message"),
    ("DELETE FROM received", "without its row in received"),
    ("DELETE FROM message WHERE id = 5", "a row in received without"),
    ("DELETE FROM conversation_message WHERE message_id = 3", "in no conversation"),
    ("INSERT INTO conversation_message VALUES(1, 7, 3)", "in a conversation twice"),
    ("INSERT INTO conversation_message VALUES(1, 7, 77)", "a place in a conversation without its message"),
    ("UPDATE conversation_activity SET message_count = 4", "count or last activity"),
    ("UPDATE conversation_activity SET last_activity_at = 49", "count or last activity"),
    ("DELETE FROM conversation_activity", "not in the list of them"),
    ("INSERT INTO conversation_activity VALUES(7, 1, 5)", "in the list of them twice"),
    ("UPDATE attempt SET number = 3 WHERE message_id = 3", "not numbered from 1 on"),
    ("DELETE FROM attempt WHERE message_id = 3", "a count of attempts"),
    ("UPDATE delivery SET attempts = 2 WHERE message_id = 4", "a count of attempts"),
    ("UPDATE idempotency_log SET message_id = 77", "key without its message"),
    ("UPDATE idempotency_key SET message_id = 77", "key without its message"),
    ("INSERT INTO idempotency_log VALUES(2, x'01', x'02', 1, 30)", "in two rows"),
    ("UPDATE message SET ordinal = 0 WHERE id = 2", "given twice"),
    ("UPDATE provider SET next_ordinal = 3", "given already"),
)


class StoreFacts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(self.folder, "herald.db")

    def connected(self):
        database = sqlite3.connect(self.path)
        database.execute("PRAGMA synchronous = OFF")
        return database

    def write(self, *statements):
        database = self.connected()
        with database:
            for statement in statements:
                database.executescript(statement)
        database.close()

    def make(self):
        with open(MIGRATIONS, encoding="utf-8") as file:
            self.write(*re.findall(r'R"sql\((.*?)\)sql"', file.read(), re.DOTALL), SOUND)
        database = self.connected()
        with database:
            for number in range(1, 6):
                inbound = number == 5
                database.execute(MESSAGE, (number, 2 if inbound else 1, None if inbound else number - 1))
                database.execute("INSERT INTO conversation_message VALUES(1, ?1 * 10, ?1)", (number,))
            for number in (2, 3, 4):
                database.execute(ATTEMPT, (number, 1))
        database.close()

    def half(self):
        with store_facts.opened(self.folder) as database:
            return store_facts.half(database)

    def test_finds_nothing_in_a_sound_store(self):
        self.make()
        self.assertEqual(self.half(), [])

    def test_finds_every_damage(self):
        for statement, fault in DAMAGE:
            with self.subTest(statement):
                if os.path.exists(self.path):
                    os.remove(self.path)
                self.make()
                self.write(statement)
                self.assertTrue(any(fault in text for text in self.half()), self.half())

    def test_knows_a_damage_for_every_thing_that_is_forbidden(self):
        for what, _ in store_facts.FORBIDDEN:
            self.assertTrue(any(fault in what for _, fault in DAMAGE), what)

    def test_finds_a_page_that_is_not_what_was_written(self):
        self.make()
        with open(self.path, "r+b") as file:
            file.seek(PAGE)
            file.write(b"\xff" * PAGE)
        self.assertTrue(self.half())

    def test_tells_what_is_in_flight_and_where_messages_stand(self):
        self.make()
        with store_facts.opened(self.folder) as database:
            self.assertEqual(store_facts.in_flight(database), [("ok t2 Hello", 2, 25)])
            self.assertEqual(store_facts.waiting(database), 3)
            self.assertEqual(store_facts.outbound(database), 4)
            self.assertEqual({name: count for name, count in store_facts.statuses(database).items() if count},
                             {"pending": 2, "dispatching": 1, "dispatched": 1, "received": 1})
            self.assertEqual(sorted(store_facts.keyed(database)), ["ok t1 Hello", "ok t3 Hello"])

    def test_a_folder_without_a_whole_database_has_none(self):
        for content in (None, b""):
            if content is not None:
                with open(self.path, "wb") as file:
                    file.write(content)
            with store_facts.opened(self.folder) as database:
                self.assertIsNone(database)

    def test_leaves_the_files_as_they_are(self):
        """A log that the killed host left must be there for the next one to recover."""
        self.make()
        writer = sqlite3.connect(self.path)
        self.addCleanup(writer.close)
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("UPDATE provider SET next_ordinal = 5")
        writer.commit()
        copied = tempfile.TemporaryDirectory()
        self.addCleanup(copied.cleanup)
        for suffix in ("", "-wal"):
            with open(self.path + suffix, "rb") as source, \
                    open(os.path.join(copied.name, "herald.db" + suffix), "wb") as target:
                target.write(source.read())
        before = contents(copied.name)
        with store_facts.opened(copied.name) as database:
            self.assertEqual(database.execute("SELECT next_ordinal FROM provider").fetchone(), (5,))
        self.assertEqual(contents(copied.name), before)


def contents(folder):
    found = {}
    for suffix in ("", "-wal"):
        with open(os.path.join(folder, "herald.db" + suffix), "rb") as file:
            found[suffix] = file.read()
    return found


if __name__ == "__main__":
    unittest.main()
