"""The many ways in which people and carriers write the same address. Every function takes a random.Random."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat

HOME_CALLING_CODE = 1  # of API_DEFAULT_REGION, US: numbers that may be written without "+"


def numbers(count):
    """Distinct possible numbers in E.164, from libphonenumber's example of every region and its neighbours."""
    examples = [phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
                for region in sorted(phonenumbers.SUPPORTED_REGIONS)]
    examples = [example for example in examples if example is not None]
    found = {}
    for step in range(10_000):
        for example in examples:
            number = phonenumbers.PhoneNumber()
            number.merge_from(example)
            number.national_number = example.national_number - example.national_number % 1000 + step % 1000
            if phonenumbers.is_possible_number(number):
                found[phonenumbers.format_number(number, PhoneNumberFormat.E164)] = None
            if len(found) == count:
                return list(found)
    raise ValueError(f"only {len(found)} of {count} numbers found")


def of_number(e164, dice):
    """(how, text): the number with spaces, dashes, parentheses, dots, in national or in international form."""
    number = phonenumbers.parse(e164)
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    ways = {
        "as E.164": e164,
        "with spaces": international,
        "with dashes": international.replace(" ", "-"),
        "with dots": international.replace(" ", ".").replace("-", "."),
        "with parentheses": parenthesised(international),
        "with blanks around": f"  {international} ",
    }
    if number.country_code == HOME_CALLING_CODE:
        national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        ways["in national form"] = national
        ways["in national digits"] = e164[2:]
        ways["with the trunk prefix"] = "1 " + national
    else:
        ways["with the exit code"] = "011 " + international[1:]
    how = dice.choice(sorted(ways))
    return how, ways[how]


def parenthesised(international):
    """"+1 202-555-0142" as "+1 (202) 555-0142"."""
    code, _, rest = international.partition(" ")
    area = re.match(r"\d{1,3}", rest).group()
    return f"{code} ({area}) {rest[len(area):].lstrip(' -')}".rstrip()


def of_mailbox(mailbox, dice):
    local, _, domain = mailbox.partition("@")
    tag = f"+{dice.choice(['orders', 'Re-17', 'a.b', 'x+y'])}"
    ways = {
        "as it is": mailbox,
        "in capitals": mailbox.upper(),
        "capitalised": f"{local.title()}@{domain.title()}",
        "with a tag": f"{local}{tag}@{domain}",
        "with a tag, in capitals": f"{local}{tag}@{domain}".upper(),
    }
    how = dice.choice(sorted(ways))
    return how, ways[how]
