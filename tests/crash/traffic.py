"""What the crash harness sends: requests of every kind, drawn from a seed, each with a tag that no other one has.

A body begins "FATE TAG ": the witness (witness.c) does what the fate says, so what may become of a message is known.
"""

import collections
import random

# `kind` is sms, mms, email or inbound. `key`: an Idempotency-Key, or None. `repeats`: it is sent again until it is
# answered, as a careful client does with a key and a carrier with its event. `cancels`, `confirms` and `asks_again` say
# what follows its 202: a cancel, a delivery receipt, the same request once more.
Request = collections.namedtuple(
    "Request", "tag kind path fields key fate repeats cancels confirms asks_again")

MAX_RETRIES = 4
# Fate, what may become of it, and its share. One that fails at every attempt ends as a dead letter.
TAKEN = ("dispatched", "delivered")
FATES = (
    ("ok", TAKEN, 63), ("slow", TAKEN, 12), ("error:1", TAKEN, 8), ("error:3", TAKEN, 3), ("limit:1", TAKEN, 7),
    ("silent:1", TAKEN, 1), (f"error:{MAX_RETRIES + 1}", ("failed",), 1), ("reject", ("failed",), 5),
)
ENDS = {fate: ends for fate, ends, _ in FATES}
SHORT_TTL_S = 1
TEXTS = ("Your code is 4711", "Käse, naïve, Größe", "你好,世界", "Ваш заказ принят", "line one\nline two\r\n", "🎉🦜",
         "<p>Thank you &amp; good bye</p>", "\"quoted\" \\ back\tslash", "x")
PHONES = [f"+1202555{number:04d}" for number in range(100, 160)]
MAILBOXES = [f"user.{number}@example.com" for number in range(60)]
FATE_SHARES = [share for _, _, share in FATES]
LONG_BODIES_PCT = 3
# Fields that say how a message is to be treated, and do not come back as they were sent.
UNSHOWN = ("type", "ttl_seconds", "messaging_provider_id", "xillio_id")


class Traffic:
    """The requests of one client: a function of seed and client alone. One thread."""

    def __init__(self, seed, client):
        self._random = random.Random(f"traffic {seed} {client}")
        self._client = client
        self._count = 0

    def next(self):
        draw = self._random
        self._count += 1
        tag = f"c{self._client}n{self._count}"
        kind = draw.choices(("sms", "mms", "email", "inbound"), (40, 15, 30, 15))[0]
        if kind == "inbound":
            return self._inbound(tag)
        fate = draw.choices([fate for fate, _, _ in FATES], FATE_SHARES)[0]
        cancels = draw.random() < 0.03
        if cancels:
            fate = "error:3"  # so that it waits for a retry when the cancel comes
        fields = self._fields(kind, fate, tag)
        if draw.random() < 0.05:
            fields["ttl_seconds"] = SHORT_TTL_S
        keyed = draw.random() < 0.6
        return Request(tag, kind, "/api/messages/" + ("email" if kind == "email" else "sms"), fields,
                       f"key-{tag}" if keyed else None, fate, keyed, cancels,
                       not cancels and fate in ("ok", "slow", "error:1") and draw.random() < 0.1,
                       keyed and draw.random() < 0.1)

    def _inbound(self, tag):
        kind = self._random.choice(("sms", "email"))
        fields = self._fields(kind, "in", tag)
        asks_again = self._random.random() < 0.2
        if self._random.random() < 0.3:
            fields["channel"] = kind
            return Request(tag, "inbound", "/api/provider/mock/inbound", fields, f"key-{tag}", "in", True, False, False,
                           asks_again)
        fields["messaging_provider_id" if kind == "sms" else "xillio_id"] = tag
        return Request(tag, "inbound", f"/api/webhooks/{kind}", fields, None, "in", True, False, False, asks_again)

    def _fields(self, kind, fate, tag):
        draw = self._random
        text = draw.choice(TEXTS)
        if draw.random() * 100 < LONG_BODIES_PCT:
            text *= draw.randint(500, 2000)
        sender, recipient = draw.sample(MAILBOXES if kind == "email" else PHONES, 2)
        fields = {"from": sender, "to": recipient, "body": f"{fate} {tag} {text}"}
        if kind == "email":
            if fate != "in":
                fields["subject"] = f"About {tag}"
        else:
            fields["type"] = kind
        if kind == "mms" or draw.random() < 0.05:
            fields["attachments"] = [f"https://media.example.com/{tag}.jpg"]
        if draw.random() < 0.2:
            day, second, ms = draw.randint(1, 28), draw.randint(0, 59), draw.randint(0, 999)
            fields["timestamp"] = f"2026-01-{day:02d}T10:20:{second:02d}.{ms:03d}Z"
        return fields


def tag_of(body):
    """The tag in a body; None when it is none of ours."""
    words = body.split(" ", 2)
    return words[1] if len(words) == 3 else None
