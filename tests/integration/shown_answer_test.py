"""What holds pages to their answers notices what is other than shown."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.shell_page import commands, is_read  # noqa: E402
from support.shown_answer import Bindings, of_http, of_json, of_text  # noqa: E402

ONE, TWO, OTHER = "06Z5BTWXM0G00", "06AAAAAAAAA00", "06BBBBBBBBB00"


class ShownJson(unittest.TestCase):
    def assert_same(self, shown, given, bindings=None):
        self.assertEqual(of_json(shown, given, bindings or Bindings()), [])

    def assert_other(self, shown, given, word="", bindings=None):
        found = of_json(shown, given, bindings or Bindings())
        self.assertTrue(found)
        self.assertIn(word, " ".join(found))

    def test_an_answer_that_is_the_same(self):
        self.assert_same('{"a": [1, null, true]}', '{"a":[1,null,true]}')

    def test_a_value_a_type_or_a_member_that_is_other(self):
        self.assert_other('{"a": 1}', '{"a": 2}', "a is 2")
        self.assert_other('{"a": 1}', '{"a": true}')
        self.assert_other('{"a": 1}', '{"a": "1"}')
        self.assert_other('{"a": null}', '{"a": []}')
        self.assert_other('{"a": 1}', "{}", "no a")
        self.assert_other("{}", '{"a": 1}', "does not show")
        self.assert_other("[1]", "[1, 2]", "2 elements")
        self.assert_other("[1, 2]", "[1]")

    def test_more_where_the_page_says_so_and_nowhere_else(self):
        self.assert_same('{"a": 1\n  // …\n}', '{"a": 1, "b": 2}')
        self.assert_same('{\n  // …\n}', '{"b": 2}')
        self.assert_same("[1\n // …\n]", "[1, 2]")
        self.assert_other('{"a": {"b": 1}\n // …\n}', '{"a": {"b": 1, "c": 2}}', "c")
        self.assert_other("[1\n // …\n]", "[2, 1]")
        self.assert_other("[1\n // …\n]", "[]", "1 or more")

    def test_an_id_stands_for_one_id_for_ever(self):
        shown = f'["{ONE}", "{ONE}"]'
        self.assert_same(shown, f'["{TWO}", "{TWO}"]')
        self.assert_other(shown, f'["{TWO}", "{OTHER}"]')
        self.assert_other(f'["{ONE}", "06Z5BTWXN0G00"]', f'["{TWO}", "{TWO}"]')
        self.assert_other(f'["{ONE}"]', '["no id"]')

    def test_an_id_within_a_text(self):
        bindings = Bindings()
        self.assert_same(f'["{ONE}", "mock-{ONE}"]', f'["{TWO}", "mock-{TWO}"]', bindings)
        self.assertEqual(bindings.applied(f"GET /{ONE}"), f"GET /{TWO}")
        self.assert_other(f'["mock-{ONE}"]', f'["mick-{TWO}"]')

    def test_times_and_durations_differ_but_stay_what_they_are(self):
        self.assert_same('["2026-01-01T12:00:00.000Z"]', '["2030-05-06T07:08:09.123Z"]')
        self.assert_other('["2026-01-01T12:00:00.000Z"]', '["2030-05-06"]')
        self.assert_same('{"latency_ms": 0}', '{"latency_ms": 17}')
        self.assert_other('{"latency_ms": 0}', '{"latency_ms": null}')

    def test_a_cursor_is_carried_on(self):
        bindings = Bindings()
        self.assert_same('{"next_cursor": "bmV4dA"}', '{"next_cursor": "abc"}', bindings)
        self.assertEqual(bindings.applied("?cursor=bmV4dA"), "?cursor=abc")
        self.assert_other('{"next_cursor": "bmV4dA"}', '{"next_cursor": null}')

    def test_several_documents(self):
        self.assert_same('{"a": 1}\n{"b": 2}', '{"a": 1}{"b": 2}')
        self.assert_other('{"a": 1}', '{"a": 1}{"b": 2}')
        self.assert_other('{"a": 1}', "<html>", "no JSON")


class ShownText(unittest.TestCase):
    def test_lines_are_the_same(self):
        self.assertEqual(of_text("a\nb\n", "a\nb", Bindings()), [])
        self.assertTrue(of_text("a\nb", "a\nc", Bindings()))
        self.assertTrue(of_text("a", "a\nb", Bindings()))
        self.assertTrue(of_text("a\nb", "a", Bindings()))

    def test_an_ellipsis_skips_lines(self):
        self.assertEqual(of_text("a\n…\nd", "a\nb\nc\nd", Bindings()), [])
        self.assertEqual(of_text("a\n…", "a\nb", Bindings()), [])
        self.assertTrue(of_text("a\n…\nd", "a\nb\nc", Bindings()))
        self.assertTrue(of_text("…\nb", "a\nb\nc", Bindings()))


class ShownHttp(unittest.TestCase):
    SHOWN = 'HTTP/1.1 429 Too Many Requests\nRetry-After: 30\n\n{"code": "rate_limited"\n  // …\n}\n'

    def test_status_fields_and_body_are_the_same(self):
        given = 'HTTP/1.1 429 Too Many Requests\r\nDate: now\r\nretry-after: 7\r\n\r\n{"code":"rate_limited","a":1}'
        self.assertEqual(of_http(self.SHOWN, given, Bindings()), [])

    def test_each_is_noticed(self):
        sound = 'HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n\r\n{"code":"rate_limited"}'
        for old, new in (("429", "428"), ("Retry-After", "Retry"), ("7", "soon"), ("rate_limited", "other")):
            self.assertTrue(of_http(self.SHOWN, sound.replace(old, new), Bindings()), new)


class Commands(unittest.TestCase):
    def test_are_joined_and_freed_of_comments(self):
        self.assertEqual(commands("# one\na \\\n  b  # two\n\nc 'd'\n"), ["a    b", "c 'd'"])

    def test_that_only_read_may_be_repeated(self):
        self.assertTrue(is_read("curl -s http://h/x | grep -o y"))
        for text in ("curl -d '{}' http://h", "curl -X POST http://h"):
            self.assertFalse(is_read(text))


if __name__ == "__main__":
    unittest.main()
