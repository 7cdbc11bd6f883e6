"""What the scenarios' input is made of."""

import os
import tempfile
import unittest

from inputs import MAILBOX, Gathered, compose, gather, gather_mails, gather_texts


class RealInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gathered = gather()

    def test_every_source_gives_enough(self):
        self.assertEqual(self.gathered.shortage(), "")

    def test_an_empty_source_is_a_shortage(self):
        self.assertIn("regions", Gathered().shortage())

    def test_numbers_are_e164(self):
        for region, number in self.gathered.numbers.items():
            self.assertRegex(number, r"^\+[1-9][0-9]{3,14}$", region)

    def test_several_scripts_are_there(self):
        letters = {"ru": "ы", "bg": "ъ", "zh": "的", "cs": "ř", "de": "ß", "es": "ñ", "en": "e"}
        for language, letter in letters.items():
            self.assertTrue(any(letter in text for text in self.gathered.texts[language]), language)

    def test_mail_addresses_are_mailboxes(self):
        for mail in self.gathered.mails:
            self.assertRegex(mail.sender, MAILBOX)
            self.assertRegex(mail.recipient, MAILBOX)

    def test_every_text_found_is_counted_once(self):
        counts = self.gathered.counts
        self.assertEqual(counts["mail addresses kept"] + counts["mail addresses substituted"],
                         2 * len({mail.source.split(",")[0] for mail in self.gathered.mails})
                         + 2 * counts["mail files without a usable text"])

    def test_a_composition_is_the_same_each_time(self):
        self.assertEqual(compose(self.gathered, 1200), compose(gather(), 1200))

    def test_a_composition_uses_everything(self):
        messages = compose(self.gathered, 1200)
        self.assertEqual(len(messages), 1200)
        for kind in ("sms", "mms", "email"):
            self.assertEqual(sum(message.kind == kind for message in messages), 400)
        recipients = {message.fields["to"] for message in messages}
        self.assertLessEqual(set(self.gathered.numbers.values()), recipients)
        self.assertEqual(len({message.source for message in messages if message.kind == "email"}),
                         len(self.gathered.mails))
        self.assertGreater(len({message.fields["body"] for message in messages}), 600)

    def test_what_each_kind_requires_is_there(self):
        for message in compose(self.gathered, 1200):
            self.assertTrue(message.fields["body"].strip())
            self.assertEqual(message.kind == "mms", "attachments" in message.fields)
            self.assertEqual(message.kind == "email", "type" not in message.fields)


class Skipping(unittest.TestCase):
    """What cannot be used is left out and counted."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.gathered = Gathered()

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def mails(self, content):
        gather_mails(self.gathered, [self.write("msg.txt", content)])
        return self.gathered.mails

    def test_fortunes_are_split_and_kept_byte_for_byte(self):
        self.write("de/zitate", "Eins\n  zwei\n%\n \n%\n100 %\nvoll\n".encode())
        self.write("de/zitate.dat", b"\x00")
        os.symlink("zitate", os.path.join(self.folder, "de", "zitate.u8"))
        gather_texts(self.gathered, self.folder)
        self.assertEqual(dict(self.gathered.texts), {"de": ["Eins\n  zwei\n", "100 %\nvoll\n"]})
        self.assertEqual(self.gathered.counts["blank fortunes"], 1)

    def test_a_fortune_file_in_another_encoding(self):
        self.write("cs/latin", "žluťoučký".encode("iso-8859-2"))
        gather_texts(self.gathered, self.folder)
        self.assertEqual(dict(self.gathered.texts), {})
        self.assertEqual(self.gathered.counts["fortune files that are not UTF-8"], 1)

    def test_a_mail_as_it_should_be(self):
        mail, = self.mails(b"From: Ann <ann@example.com>\nTo: bob@example.org\nSubject: Hi\n\nText\n")
        self.assertEqual((mail.sender, mail.recipient, mail.subject, mail.body),
                         ("ann@example.com", "bob@example.org", "Hi", "Text\n"))

    def test_addresses_that_are_no_mailboxes_are_substituted(self):
        for address in ("", "nobody", "a..b@example.com", ".a@example.com", "a@localhost", "a@-x.org", "a b@x.org"):
            self.gathered = Gathered()
            mail, = self.mails(f"From: {address}\nTo: bob@example.org\n\nText\n".encode())
            self.assertEqual(mail.sender, "sender.0@example.org", address)
            self.assertEqual(self.gathered.counts["mail addresses substituted"], 1)

    def test_mail_texts_that_are_blank_or_of_another_encoding(self):
        self.assertEqual(self.mails(b"From: a@example.com\n\n \n"), [])
        self.assertEqual(self.mails(b"From: a@example.com\n\n\xff\xfe\n"), [])
        self.assertEqual(self.gathered.counts["blank mail texts"], 1)
        self.assertEqual(self.gathered.counts["mail texts that are not UTF-8"], 1)
        self.assertEqual(self.gathered.counts["mail files without a usable text"], 2)


if __name__ == "__main__":
    unittest.main()
