"""Real input for scenarios, from Debian packages: phone numbers, texts in many scripts, mails.

Nothing is invented but what a source cannot give, and that is counted and named in the report: addresses in place of
those that are no plausible mailboxes, and the URLs of attachments.
"""

import collections
import email
import email.policy
import email.utils
import glob
import os
import re

import phonenumbers

FORTUNES = "/usr/share/games/fortunes"           # packages fortunes, fortunes-*
MAILS = "/usr/lib/python3.11/test/test_email/data"  # package libpython3.11-testsuite
CHINESE_FILES = ("chinese", "song100", "tang300")  # fortunes-zh has no folder of its own
NUMBER_TYPES = ("MOBILE", "FIXED_LINE_OR_MOBILE", "FIXED_LINE", "VOIP", "TOLL_FREE", "PREMIUM_RATE", "UAN")
MAX_BODY_BYTES = 65536  # of UTF-8; even written with an escape for every character, it fits into one request
# The plain form of a mailbox (RFC 5321 Dot-string and a domain name of two labels or more), within its lengths.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
MAILBOX = re.compile(r"(?=.{3,254}$)(?=[^@]{1,64}@)" + _ATOM + r"(?:\." + _ATOM + r")*"
                     r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]")

# `kind` is sms, mms or email; `source` says where the body comes from; `fields` are the request's.
Message = collections.namedtuple("Message", "kind source fields")
Mail = collections.namedtuple("Mail", "source sender recipient subject body")


class Gathered:
    """What the sources gave, and what was left out and why."""

    def __init__(self):
        self.numbers = {}  # region → E.164
        self.texts = collections.defaultdict(list)  # language → texts
        self.mails = []
        self.counts = collections.Counter()

    def shortage(self):
        """The first source that gave too little to speak of a mixed scenario; empty when none did."""
        if len(self.numbers) < 200:
            return f"numbers of {len(self.numbers)} regions; is python3-phonenumbers installed?"
        if len(self.texts) < 6:
            return f"texts in {sorted(self.texts)}; are the fortunes packages of bin/packages.txt installed?"
        if len(self.mails) < 30:
            return f"{len(self.mails)} mails below {MAILS}; is libpython3.11-testsuite installed?"
        return ""


def gather():
    gathered = Gathered()
    gather_numbers(gathered)
    gather_texts(gathered, FORTUNES)
    gather_mails(gathered, sorted(glob.glob(os.path.join(MAILS, "*.txt"))))
    return gathered


def gather_numbers(gathered):
    """libphonenumber's own example for every region that it knows: a mobile number where it has one."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in NUMBER_TYPES:
            number = phonenumbers.example_number_for_type(region, getattr(phonenumbers.PhoneNumberType, kind))
            if number is not None:
                break
        if number is None:
            gathered.counts["regions without an example number"] += 1
            continue
        gathered.counts[f"regions with a {kind.lower()} number"] += 1
        gathered.numbers[region] = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def gather_texts(gathered, folder):
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not os.path.islink(os.path.join(place, name)))
        for name in sorted(names):
            path = os.path.join(place, name)
            if os.path.islink(path) or name.endswith(".dat"):
                continue
            inside = os.path.relpath(place, folder)
            language = inside.split(os.sep)[0] if inside != "." else "zh" if name in CHINESE_FILES else "en"
            gather_fortunes(gathered, language, path)


def gather_fortunes(gathered, language, path):
    with open(path, "rb") as file:
        content = file.read()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        gathered.counts["fortune files that are not UTF-8"] += 1
        return
    for fortune in re.split(r"(?m)^%\n", text):
        if not fortune.strip():
            gathered.counts["blank fortunes"] += 1
        elif len(fortune.encode("utf-8")) > MAX_BODY_BYTES:
            gathered.counts["fortunes longer than a body may be"] += 1
        else:
            gathered.texts[language].append(fortune)


def gather_mails(gathered, paths):
    for path in paths:
        with open(path, "rb") as file:
            message = email.message_from_binary_file(file, policy=email.policy.compat32)
        name = os.path.basename(path)
        sender = mailbox(gathered, message.get("From"), f"sender.{len(gathered.mails)}@example.org")
        recipient = mailbox(gathered, message.get("To"), f"recipient.{len(gathered.mails)}@example.net")
        subject = message.get("Subject")
        if not isinstance(subject, str) or not subject.isprintable() or not subject.strip():
            gathered.counts["mails without a printable subject"] += 1
            subject = None
        texts = 0
        for part in message.walk():
            if part.get_content_maintype() != "text":
                continue
            body = body_of(gathered, part)
            if body is not None:
                texts += 1
                gathered.mails.append(Mail(f"{name}, text {texts}", sender, recipient, subject, body))
        if texts == 0:
            gathered.counts["mail files without a usable text"] += 1


def mailbox(gathered, header, substitute):
    address = email.utils.parseaddr(header)[1] if isinstance(header, str) else ""
    if MAILBOX.fullmatch(address):
        gathered.counts["mail addresses kept"] += 1
        return address
    gathered.counts["mail addresses substituted"] += 1
    return substitute


def body_of(gathered, part):
    payload = part.get_payload(decode=True)
    if payload is None:
        gathered.counts["mail texts without a payload"] += 1
        return None
    try:
        body = payload.decode("utf-8")
    except UnicodeDecodeError:
        gathered.counts["mail texts that are not UTF-8"] += 1
        return None
    if not body.strip():
        gathered.counts["blank mail texts"] += 1
        return None
    return body


def compose(gathered, count):
    """`count` messages, a third of each channel, going through every region, language and mail in turn."""
    numbers = [gathered.numbers[region] for region in sorted(gathered.numbers)]
    languages = sorted(gathered.texts)
    messages = []
    for i in range(count):
        kind = ("sms", "mms", "email")[i % 3]
        turn = i // 3
        if kind == "email":
            mail = gathered.mails[turn % len(gathered.mails)]
            fields = {"from": mail.sender, "to": mail.recipient, "body": mail.body}
            if mail.subject is not None:
                fields["subject"] = mail.subject
            messages.append(Message(kind, mail.source, fields))
            continue
        nth = turn * 2 + i % 3
        language = languages[nth % len(languages)]
        texts = gathered.texts[language]
        # Steps through the whole of a language's texts however few are taken.
        text = texts[(nth // len(languages)) * max(1, len(texts) * len(languages) // count) % len(texts)]
        sender, recipient = numbers[(nth + 1) % len(numbers)], numbers[nth % len(numbers)]
        fields = {"from": sender, "to": recipient, "type": kind, "body": text}
        if kind == "mms":
            fields["attachments"] = [f"https://media.example.com/{language}/{nth}.jpg"]
        messages.append(Message(kind, f"fortune, {language}", fields))
    return messages
