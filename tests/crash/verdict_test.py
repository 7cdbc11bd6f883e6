"""That the verdict of the crash harness can fail: a sound run, and what is wrong with it one thing at a time."""

import copy
import os
import tempfile
import unittest

from journal import Journal
from traffic import Request
from verdict import Evidence, Sighting, judge, judge_released

PHONE = {"from": "+12025550100", "to": "+12025550101", "type": "sms"}


def request(tag, fate="ok", kind="sms", **other):
    fields = {**PHONE, "body": f"{fate} {tag} Hello"}
    values = {"key": None, "repeats": False, "cancels": False, "confirms": False, "asks_again": False, **other}
    return Request(tag, kind, "/api/messages/sms", fields, fate=fate, **values)


def record_of(one, message_id, status="dispatched", error_code=None):
    direction = "inbound" if one.kind == "inbound" else "outbound"
    return {"id": message_id, "channel": "sms", "direction": direction, "status": status, "error_code": error_code,
            **{name: value for name, value in one.fields.items() if name != "type"}}


class SoundRun(unittest.TestCase):
    """Two kills, three lives. "sent" and "keyed" went out at once, "again" was in flight at the first kill, "dead" was
    rejected, "came" came in, "unknown" got no answer, "no" was refused."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.journal = Journal(os.path.join(folder.name, "journal"))
        self.addCleanup(self.journal.close)
        self.ids = {"sent": "A1", "keyed": "A2", "again": "A3", "dead": "A4", "came": "A5"}
        for one in (request("sent"), request("keyed", key="k", repeats=True), request("again"),
                    request("dead", "reject"), request("came", "in", "inbound"), request("unknown"), request("no")):
            self.journal.asks(one)
            if one.tag in self.ids:
                self.journal.accepts(one, self.ids[one.tag], 1, False)
        self.journal.cuts_off(self.of("unknown"), 1)
        self.journal.refuses(self.of("no"))
        self.records = [record_of(self.of(tag), self.ids[tag], status, code) for tag, status, code in (
            ("sent", "dispatched", None), ("keyed", "dispatched", None), ("again", "dispatched", None),
            ("dead", "failed", "rejected"), ("came", "received", None))]
        self.sightings = [Sighting(1, "sent", "A1", 1, 10.0), Sighting(1, "keyed", "A2", 1, 10.1),
                          Sighting(1, "again", "A3", 1, 10.2), Sighting(2, "again", "A3", 1, 11.0),
                          Sighting(2, "dead", "A4", 1, 11.1)]
        self.flights = {1: {("again", 1)}, 2: set()}

    def of(self, tag):
        return self.journal.requests[tag]

    def record(self, tag):
        return next(record for record in self.records if record["id"] == self.ids[tag])

    def evidence(self, policy="resend"):
        return Evidence(policy, self.journal, self.records, self.sightings, self.flights)

    def faults(self, policy="resend"):
        return [fault.text for fault in judge(self.evidence(policy))]

    def expect(self, *words, policy="resend"):
        """One fault at least, and one that has all these words."""
        faults = self.faults(policy)
        self.assertTrue(any(all(word in text for word in words) for text in faults), faults)


class TheVerdict(SoundRun):
    def test_finds_nothing_in_a_sound_run(self):
        self.assertEqual(self.faults(), [])

    def test_finds_an_acknowledged_message_that_is_lost(self):
        self.records.remove(self.record("sent"))
        self.expect("sent", "A1", "lost")

    def test_tells_the_kill_that_ended_the_life_that_acknowledged_it(self):
        self.records.remove(self.record("sent"))
        self.assertEqual({fault.kill for fault in judge(self.evidence()) if "lost" in fault.text}, {1})

    def test_finds_a_message_under_another_id_than_the_acknowledged_one(self):
        self.record("sent")["id"] = "B1"
        self.expect("sent", "A1", "lost", "B1")

    def test_finds_a_field_that_was_changed(self):
        self.record("sent")["to"] = "+12025550199"
        self.expect("sent", "to is '+12025550199'", "sent was '+12025550101'")

    def test_finds_another_channel(self):
        self.record("sent")["channel"] = "mms"
        self.expect("sent", "channel mms", "sent as sms")

    def test_finds_a_key_with_two_ids(self):
        self.journal.accepts(self.of("keyed"), "B2", 2, False)
        self.expect("keyed", "['A2', 'B2']", "one id")

    def test_finds_two_messages_of_one_request(self):
        self.records.append({**self.record("keyed"), "id": "B2"})
        self.expect("keyed", "2 messages", "A2", "B2")

    def test_finds_two_messages_of_a_request_that_was_never_answered(self):
        for message_id in ("B1", "B2"):
            self.records.append(record_of(self.of("unknown"), message_id, "failed", "rejected"))
        self.expect("unknown", "2 messages")

    def test_takes_one_message_of_a_request_that_was_never_answered(self):
        self.records.append(record_of(self.of("unknown"), "B1"))
        self.sightings.append(Sighting(2, "unknown", "B1", 1, 12.0))
        self.assertEqual(self.faults(), [])

    def test_finds_a_refused_message(self):
        self.records.append(record_of(self.of("no"), "B1"))
        self.expect("no", "refused")

    def test_finds_a_message_that_nobody_sent(self):
        self.records.append({**self.record("sent"), "id": "B1", "body": "ok foreign Hello"})
        self.expect("B1", "nobody sent")

    def test_finds_stuck_messages(self):
        for status in ("pending", "dispatching"):
            self.record("again")["status"] = status
            self.expect("again", f"stuck as {status}", "[1]")

    def test_finds_an_end_that_the_fate_does_not_allow(self):
        for tag, status in (("sent", "failed"), ("sent", "expired"), ("sent", "cancelled"), ("dead", "dispatched"),
                            ("came", "dispatched")):
            before = copy.deepcopy(self.records)
            self.record(tag)["status"] = status
            self.expect(tag, f": {status}", "expected")
            self.records = before

    def test_finds_counts_that_do_not_add_up(self):
        self.record("sent")["status"] = "pending"
        self.expect("4 accepted, 3 of them settled")

    def test_finds_a_receipt_that_was_confirmed_and_lost(self):
        self.journal.confirms(self.of("sent"))
        self.expect("sent", "receipt", "not delivered")
        self.record("sent")["status"] = "delivered"
        self.assertEqual(self.faults(), [])

    def test_finds_a_double_that_no_kill_explains(self):
        self.sightings.append(Sighting(2, "sent", "A1", 1, 12.0))
        self.expect("sent", "seen in life 1 and again in 2", "kills []")

    def test_finds_a_double_within_one_life(self):
        self.sightings.insert(1, Sighting(1, "again", "A3", 1, 10.3))
        self.expect("again", "seen in life 1 and again in 1")

    def test_finds_a_double_whose_kill_was_not_between_the_two(self):
        self.sightings.append(Sighting(3, "again", "A3", 1, 12.0))
        self.expect("again", "seen in life 2 and again in 3", "kills []")

    def test_finds_a_double_of_another_attempt_than_the_one_in_flight(self):
        self.flights = {1: {("again", 2)}}
        self.expect("again", "attempt 1", "kills []")

    def test_finds_another_dispatch_token(self):
        self.sightings[3] = self.sightings[3]._replace(token="B3")
        self.expect("again", "dispatch tokens ['A3', 'B3']")

    def test_finds_a_dispatch_token_of_two_messages(self):
        self.sightings[4] = self.sightings[4]._replace(token="A3")
        self.expect("the dispatch token A3", "again", "dead")

    def test_finds_a_message_in_flight_that_was_not_sent_again(self):
        del self.sightings[3]
        self.expect("again", "never seen again")

    def test_finds_a_message_that_counts_as_sent_and_was_never_seen(self):
        del self.sightings[0]
        self.expect("sent", "never saw it")

    def test_finds_a_message_that_was_sent_and_is_not_there(self):
        self.sightings.append(Sighting(2, "unknown", "B1", 1, 12.0))
        self.expect("unknown", "saw it", "not there")

    def test_finds_a_cancelled_message_that_was_sent_afterwards(self):
        self.journal.cancels(self.of("sent"), 9.0)
        self.record("sent")["status"] = "cancelled"
        self.expect("sent", "1.000 s after")

    def test_finds_a_cancel_that_was_answered_and_lost(self):
        self.journal.cancels(self.of("sent"), 99.0)
        self.expect("sent", "dispatched", "expected cancelled")


class TheVerdictOnHeldMessages(SoundRun):
    def setUp(self):
        super().setUp()
        self.record("again").update(status="failed", error_code="uncertain")
        del self.sightings[3]

    def released(self, fresh, status="dispatched", error_code=None):
        evidence = self.evidence("hold")
        after = {"again": {"status": status, "error_code": error_code}}
        return [fault.text for fault in judge_released(evidence, {"again"}, after, self.sightings + fresh)]

    def test_finds_nothing_in_a_sound_run(self):
        self.assertEqual(self.faults("hold"), [])
        self.assertEqual(self.released([Sighting(3, "again", "A3", 1, 12.0)]), [])

    def test_finds_what_was_sent_twice_whatever_was_in_flight(self):
        self.sightings.append(Sighting(2, "again", "A3", 1, 11.0))
        self.expect("again", "seen in life 1 and again in 2", policy="hold")

    def test_finds_what_was_in_flight_and_is_not_held(self):
        self.record("again").update(status="dispatched", error_code=None)
        self.expect("again", "dispatched", "[1]", policy="hold")

    def test_finds_what_is_held_and_was_not_in_flight(self):
        self.record("sent").update(status="failed", error_code="uncertain")
        self.expect("sent", "held", "[]", policy="hold")

    def test_finds_what_was_in_flight_and_is_gone(self):
        self.records.remove(self.record("again"))
        self.expect("again", "in flight at a kill, and gone", policy="hold")

    def test_finds_a_released_message_that_is_still_held_or_stuck(self):
        fresh = [Sighting(3, "again", "A3", 1, 12.0)]
        self.assertIn("expected settled", self.released(fresh, "failed", "uncertain")[0])
        self.assertIn("expected settled", self.released(fresh, "pending")[0])

    def test_finds_a_released_message_that_is_not_sent(self):
        self.assertIn("since", self.released([])[0])

    def test_takes_a_released_message_that_expired_only_where_it_could(self):
        self.assertIn("since", self.released([], "expired")[0])
        self.of("again").fields["ttl_seconds"] = 1
        self.assertEqual(self.released([], "expired"), [])

    def test_finds_a_released_message_that_is_sent_twice(self):
        one = Sighting(3, "again", "A3", 1, 12.0)
        self.assertIn("seen twice", self.released([one, one])[0])

    def test_finds_a_released_message_with_another_token(self):
        self.assertIn("tokens ['B3']", self.released([Sighting(3, "again", "B3", 1, 12.0)])[0])

    def test_finds_a_message_that_was_sent_and_not_released(self):
        fresh = [Sighting(3, "again", "A3", 1, 12.0), Sighting(3, "dead", "A4", 1, 12.0)]
        self.assertIn("was not held", self.released(fresh)[0])


if __name__ == "__main__":
    unittest.main()
