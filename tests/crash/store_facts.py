"""What the database itself says, opened read-only behind the host's back: also right after a kill."""

import contextlib
import os
import sqlite3

OUTBOUND, INBOUND = 1, 2
STATUSES = {1: "pending", 2: "dispatching", 3: "dispatched", 4: "delivered", 5: "failed", 6: "expired", 7: "cancelled"}
SHOWN = 5
HEAD = 80  # characters of a body that hold its fate and tag

# An outbound message stands in exactly one of these; a delivery row beside another place says only "pending".
PLACES = ("(SELECT message_id FROM ready UNION ALL SELECT message_id FROM inflight"
          " UNION ALL SELECT message_id FROM delivery WHERE status <> 1)")

# What is never to be found, and the query that would find it; each reads its tables once, however large they are.
FORBIDDEN = (
    ("an outbound message in more than one place",
     f"SELECT message_id FROM {PLACES} GROUP BY message_id HAVING count(*) > 1"),
    ("an outbound message in no place",
     f"SELECT id FROM message WHERE direction = 1 AND id NOT IN {PLACES}"),
    ("a place without its outbound message",
     f"SELECT message_id FROM {PLACES} WHERE message_id NOT IN (SELECT id FROM message WHERE direction = 1)"),
    ("an inbound message without its row in received",
     "SELECT id FROM message WHERE direction = 2 AND id NOT IN (SELECT message_id FROM received)"),
    ("a row in received without its inbound message",
     "SELECT message_id FROM received WHERE message_id NOT IN (SELECT id FROM message WHERE direction = 2)"),
    ("a message that is in no conversation",
     "SELECT id FROM message WHERE id NOT IN (SELECT message_id FROM conversation_message)"),
    ("a message that is in a conversation twice, or in two",
     "SELECT message_id FROM conversation_message GROUP BY message_id HAVING count(*) > 1"),
    ("a place in a conversation without its message",
     "SELECT message_id FROM conversation_message WHERE message_id NOT IN (SELECT id FROM message)"),
    ("a conversation whose count or last activity is not that of its messages",
     "SELECT a.conversation_id FROM conversation_activity a LEFT JOIN (SELECT conversation_id, count(*) AS many,"
     " max(timestamp) AS last FROM conversation_message GROUP BY conversation_id) c"
     " ON c.conversation_id = a.conversation_id WHERE a.message_count IS NOT c.many"
     " OR a.last_activity_at IS NOT c.last"),
    ("a conversation that is not in the list of them",
     "SELECT id FROM conversation WHERE id NOT IN (SELECT conversation_id FROM conversation_activity)"),
    ("a conversation that is in the list of them twice",
     "SELECT conversation_id FROM conversation_activity GROUP BY conversation_id HAVING count(*) > 1"),
    ("attempts that are not numbered from 1 on",
     "SELECT message_id FROM attempt GROUP BY message_id HAVING min(number) <> 1 OR max(number) <> count(*)"),
    ("a count of attempts that is not theirs",
     "SELECT d.message_id FROM delivery d LEFT JOIN attempt a ON a.message_id = d.message_id"
     " GROUP BY d.message_id HAVING d.attempts <> count(a.number)"),
    ("an idempotency key without its message",
     "SELECT message_id FROM idempotency_log WHERE message_id NOT IN (SELECT id FROM message)"
     " UNION SELECT message_id FROM idempotency_key WHERE message_id NOT IN (SELECT id FROM message)"),
    ("an idempotency key in two rows of the log",
     "SELECT min(seq) FROM idempotency_log GROUP BY key HAVING count(*) > 1"),
    ("an ordinal of a provider that was given twice",
     "SELECT min(id) FROM message WHERE direction = 1 GROUP BY provider_id, ordinal HAVING count(*) > 1"),
    ("a provider whose next ordinal has been given already",
     "SELECT p.id FROM provider p JOIN message m ON m.provider_id = p.id AND m.direction = 1"
     " GROUP BY p.id HAVING max(m.ordinal) >= p.next_ordinal"),
)


@contextlib.contextmanager
def opened(data_folder):
    """The database, read-only; None as long as there is none with tables. The file is not changed by it."""
    path = os.path.join(data_folder, "herald.db")
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        yield None
        return
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        has_tables = database.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'write_proof'").fetchone()[0]
        yield database if has_tables else None
    finally:
        database.close()


def in_flight(database):
    """[(head of the body, attempt, claimed at)] of what a provider has, as far as the store knows."""
    return database.execute(
        f"SELECT substr(m.body, 1, {HEAD}), f.attempt, f.claimed_at FROM inflight f"
        " LEFT JOIN message m ON m.id = f.message_id").fetchall()


def waiting(database):
    """How many messages are not settled."""
    return database.execute("SELECT (SELECT count(*) FROM ready) + (SELECT count(*) FROM inflight)").fetchone()[0]


def statuses(database):
    """Outbound messages by status, and the inbound ones as received."""
    counts = {name: 0 for name in STATUSES.values()}
    for status, count in database.execute("SELECT status, count(*) FROM delivery WHERE status <> 1 GROUP BY status"):
        counts[STATUSES[status]] += count
    counts["pending"] += database.execute("SELECT count(*) FROM ready").fetchone()[0]
    counts["dispatching"] += database.execute("SELECT count(*) FROM inflight").fetchone()[0]
    counts["received"] = database.execute("SELECT count(*) FROM message WHERE direction = 2").fetchone()[0]
    return counts


def outbound(database):
    return database.execute("SELECT count(*) FROM message WHERE direction = 1").fetchone()[0]


def keyed(database):
    """Heads of the bodies of all messages that an idempotency key names."""
    return [head for head, in database.execute(
        f"SELECT substr(body, 1, {HEAD}) FROM message WHERE id IN"
        " (SELECT message_id FROM idempotency_log UNION SELECT message_id FROM idempotency_key)")]


def half(database, check="integrity_check"):
    """What is there by half, in sentences; none in a sound store."""
    found = []
    try:
        found += [f"PRAGMA {check} says {line!r}, expected 'ok'" for line, in database.execute(f"PRAGMA {check}")
                  if line != "ok"]
        for what, query in FORBIDDEN:
            rows = [row[0] for row in database.execute(query + f" LIMIT {SHOWN}")]
            if rows:
                found.append(f"{what}: rows {rows}{' and perhaps more' if len(rows) == SHOWN else ''}, expected none")
    except sqlite3.DatabaseError as error:
        found.append(f"the database cannot be read to its end: {error}")
    return found
