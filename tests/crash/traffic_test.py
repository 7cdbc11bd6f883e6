"""What the crash harness sends hangs on its seed alone, and has everything in it."""

import random
import unittest

from lives import KINDS, draw_moment
from traffic import FATES, Traffic, tag_of


def drawn(seed, client=0, count=2000):
    traffic = Traffic(seed, client)
    return [traffic.next() for _ in range(count)]


class SeededTraffic(unittest.TestCase):
    def test_is_the_same_for_the_same_seed_and_client(self):
        self.assertEqual(drawn(7), drawn(7))
        self.assertNotEqual(drawn(7), drawn(8))
        self.assertNotEqual([one.fields["to"] for one in drawn(7, 0)], [one.fields["to"] for one in drawn(7, 1)])

    def test_gives_every_request_a_tag_of_its_own_and_says_it_in_the_body(self):
        requests = drawn(7, 0) + drawn(7, 1)
        self.assertEqual(len({one.tag for one in requests}), len(requests))
        self.assertTrue(all(tag_of(one.fields["body"]) == one.tag for one in requests))
        self.assertIsNone(tag_of("somebody's"))

    def test_has_every_kind_fate_and_errand(self):
        requests = drawn(7)
        self.assertEqual({one.kind for one in requests}, {"sms", "mms", "email", "inbound"})
        self.assertEqual({one.fate for one in requests}, {fate for fate, _, _ in FATES} | {"in"})
        self.assertEqual({one.path for one in requests if one.kind == "inbound"},
                         {"/api/webhooks/sms", "/api/webhooks/email", "/api/provider/mock/inbound"})
        for errand in ("cancels", "confirms", "asks_again", "repeats"):
            self.assertEqual({getattr(one, errand) for one in requests}, {True, False}, errand)
        self.assertTrue(any("ttl_seconds" in one.fields for one in requests))

    def test_asks_again_only_what_a_second_time_cannot_make_twice(self):
        for one in drawn(7):
            known = one.key or "messaging_provider_id" in one.fields or "xillio_id" in one.fields
            self.assertTrue(known or not (one.repeats or one.asks_again), one)


class SeededMoments(unittest.TestCase):
    def test_are_the_same_for_the_same_seed_and_of_every_kind(self):
        one, other = random.Random("moments 7"), random.Random("moments 7")
        moments = [draw_moment(one) for _ in range(200)]
        self.assertEqual(moments, [draw_moment(other) for _ in range(200)])
        self.assertEqual({moment.kind for moment in moments}, set(KINDS))


if __name__ == "__main__":
    unittest.main()
