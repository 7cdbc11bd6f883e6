"""Over ten thousand lines of mixed traffic at the level trace, in both forms of the log: nothing that a person wrote,
no address and no secret stands in any of them, neither as it was sent nor in another way in which it may be written."""

import collections
import itertools
import json
import re
import sys
import threading
import unittest
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.eventually import eventually  # noqa: E402
from support.herald_host import HeraldHost  # noqa: E402

BINARY = sys.argv.pop()

LEAST_LINES = 10_000
SENDS = 2_100  # a third of each channel; every line count follows from it
CLIENTS = 4
SENDER_QUOTA = 40
HEAD = 8  # bytes that a value is looked up by; no value is shorter
PHONE_FORMS = ("+1{a}{b}{c}", "({a}) {b}-{c}", "{a}-{b}-{c}", "1 {a} {b} {c}", "+1.{a}.{b}.{c}")
SETTINGS = {
    "API_LOG_LEVEL": "trace", "API_DISPATCH_TIMEOUT_MS": "100", "API_BREAKER_ERROR_THRESHOLD": "5",
    "API_BREAKER_OPEN_SECS": "1", "API_WORKER_MAX_RETRIES": "2", "API_WORKER_BACKOFF_BASE_MS": "5",
    "API_WORKER_BACKOFF_MAX_MS": "50", "API_RATE_LIMIT_PER_SENDER_PER_MIN": str(SENDER_QUOTA),
}
FAULTS = {"timeout_pct": 2, "error_pct": 35, "ratelimit_pct": 10, "seed": 4711}
HEALTHY = {"timeout_pct": 0, "error_pct": 0, "ratelimit_pct": 0}
WEBHOOK_TOKEN = "webhook-token-s3cr3t-4711"
JSON = "application/json"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Secrets:
    """Makes values that occur once, and remembers each in every form in which it could be written. Any thread."""

    def __init__(self):
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.values = set()

    def keep(self, *values):
        with self._lock:
            for value in values:
                self.values.update(forms_of(value))

    def _next(self):
        with self._lock:
            return next(self._numbers)

    def phone(self):
        """A number of its own in one of the usual ways of writing it."""
        n = self._next()
        a, b, c = str(212 + n // 40_000), str(200 + n // 100 % 400), f"{n % 100:02}{n * 37 % 100:02}"
        self.keep(f"+1{a}{b}{c}", f"1{a}{b}{c}", f"{a}{b}{c}")
        written = PHONE_FORMS[n % len(PHONE_FORMS)].format(a=a, b=b, c=c)
        self.keep(written)
        return written

    def mailbox(self):
        n = self._next()
        host = f"Shop{n}.example.org"
        self.keep(f"Mary.Major{n}@{host}", f"mary.major{n}@{host.lower()}", f"Mary.Major{n}+tag{n}@{host}",
                  f"Mary.Major{n}", f"mary.major{n}")
        return f"Mary.Major{n}+tag{n}@{host}" if n % 2 else f"Mary.Major{n}@{host}"

    def text(self, kind):
        n = self._next()
        words = f"{kind} {n}: kept \"between\" us\nand \\nobody else, {n}; \u00e9\u00df\U0001F4E8 <b>{kind}{n}</b>"
        self.keep(words, f"{kind} {n}: kept", f"nobody else, {n}", f"<b>{kind}{n}</b>")
        return words

    def token(self, kind):
        value = f"{kind}-{self._next()}-s3cr3t"
        self.keep(value)
        return value

    def url(self):
        value = f"https://cdn.example.net/{self.token('media')}.png"
        self.keep(value)
        return value


def forms_of(value):
    """As it is, as JSON writes it, and as URLs write it."""
    escaped = json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]
    quoted = urllib.parse.quote(value), urllib.parse.quote(value, safe=""), urllib.parse.quote_plus(value)
    return {form.encode("utf-8") for form in (value, *escaped, *quoted)}


def found_in(log, values):
    """Every value that stands in the log, with the line that it begins in."""
    heads = collections.defaultdict(list)
    for value in values:
        assert len(value) >= HEAD, value
        heads[value[:HEAD]].append(value)
    found = {}
    for at in range(len(log) - HEAD + 1):
        for value in heads.get(log[at:at + HEAD], ()):
            if log.startswith(value, at):
                begin = log.rfind(b"\n", 0, at) + 1
                found.setdefault(value, log[begin:log.find(b"\n", at)])
    return found


def numbers_in(log, values):
    """Phone numbers however they are punctuated: runs of digits and what people put between them."""
    known = {value.decode() for value in values if re.fullmatch(rb"1?\d{10}", value)}
    runs = re.findall(rb"\d[\d ().\-]{8,18}\d", log)
    return {run for run in runs if re.sub(rb"\D", b"", run).decode() in known}


class Traffic:
    """A day of everything that clients, carriers and operators do, on a running host."""

    def __init__(self, host):
        self.host = host
        self.secrets = Secrets()
        self.statuses = collections.Counter()
        self._lock = threading.Lock()
        self.ids = []
        self.faults = []

    def call(self, link, method, path, body=None, headers=None, expected=None):
        status, _, payload = self.host.call(method, path, body, headers, link)
        with self._lock:
            self.statuses[status] += 1
            if expected is not None and status != expected:
                self.faults.append(f"{method} {path[:60]}: {status}, expected {expected}: {payload[:200]!r}")
        return status, payload

    def run(self):
        work = collections.deque(range(SENDS))

        def client():
            link = self.host.connect()
            try:
                while True:
                    try:
                        number = work.popleft()
                    except IndexError:
                        return
                    self.step(link, number)
            except Exception as error:  # whatever it is, the test must not pass for lack of traffic
                with self._lock:
                    self.faults.append(f"a client ended: {error!r}")
            finally:
                link.close()

        clients = [threading.Thread(target=client, name=f"client-{i}") for i in range(CLIENTS)]
        for one in clients:
            one.start()
        for one in clients:
            one.join()

    def step(self, link, number):
        path, message = self.message(number)
        key = {"Idempotency-Key": self.secrets.token("key")} if number % 2 else {}
        status, payload = self.call(link, "POST", path, message, key, expected=202)
        if status != 202:
            return
        message_id = json.loads(payload)["id"]
        with self._lock:
            self.ids.append(message_id)
        if key and number % 5 == 0:
            self.call(link, "POST", path, message, key, expected=202)
            self.call(link, "POST", path, {**message, "body": self.secrets.text("Second")}, key, expected=422)
        extras = (self.refused, self.inbound, self.webhooks, self.malformed_inbound, self.reads, self.operations)
        extras[number % len(extras)](link, message, message_id)

    def message(self, number):
        secret = self.secrets
        if number % 3 == 0:
            return "/api/messages/email", {
                "from": secret.mailbox(), "to": secret.mailbox(), "subject": secret.token("Subject"),
                "body": secret.text("Letter"), "attachments": [secret.url()]}
        message = {"from": secret.phone(), "to": secret.phone(), "type": "sms", "body": secret.text("Note")}
        if number % 3 == 1:
            message.update(type="mms", attachments=[secret.url()])
        return "/api/messages/sms", message

    def refused(self, link, _, __):
        secret = self.secrets
        key = {"Idempotency-Key": secret.token("key")}
        sound = {"from": secret.phone(), "to": secret.phone(), "type": "sms", "body": secret.text("Refused")}
        for change in ({"to": secret.token("nobody")}, {"type": secret.token("fax")}, {"body": "  "},
                       {"timestamp": secret.token("noon")}, {secret.token("field"): secret.text("Field")},
                       {"attachments": [secret.token("ftp")]}):
            self.call(link, "POST", "/api/messages/sms", {**sound, **change}, key)
        self.call(link, "POST", "/api/messages/email", {"from": secret.mailbox() + "@", "to": [secret.mailbox()]}, key,
                  expected=400)
        cut = json.dumps(sound)[:-1].encode()
        self.call(link, "POST", "/api/messages/sms", cut, {"Content-Type": "application/json", **key}, expected=400)
        self.call(link, "POST", "/api/messages/sms", json.dumps(sound), {"Content-Type": "text/plain"}, expected=415)
        self.call(link, "POST", "/api/messages/sms", sound, {"Accept": "image/" + secret.token("png")}, expected=406)
        self.call(link, "POST", "/api/messages/sms", sound, {"Idempotency-Key": secret.token("two words")},
                  expected=400)
        self.call(link, "PATCH", "/api/messages/sms", sound, expected=405)

    def inbound(self, link, message, _):
        secret = self.secrets
        mail = "@" in message["to"]
        event = {"from": message["to"], "to": message["from"], "body": secret.text("Reply"),
                 "attachments": [secret.url()], "timestamp": secret.token("yesterday")}
        if not mail:
            event["type"] = "mms"
        self.call(link, "POST", "/api/provider/mock/inbound", {**event, "channel": "email" if mail else "mms"},
                  {"Idempotency-Key": secret.token("key")}, expected=202)
        event["xillio_id" if mail else "messaging_provider_id"] = secret.token("carrier-id")
        for _ in range(2):  # the second is a duplicate
            self.call(link, "POST", "/api/webhooks/" + ("email" if mail else "sms"), event, expected=202)

    def malformed_inbound(self, link, _, __):
        secret = self.secrets
        for path, event in (
                ("/api/webhooks/sms", {"from": secret.token("nobody"), "to": secret.phone(), "type": "sms"}),
                ("/api/webhooks/email", {"from": secret.mailbox(), "to": secret.mailbox() + " x", "body": 1}),
                ("/api/provider/mock/inbound", {"channel": secret.token("fax"), "from": secret.phone(),
                                                "to": secret.phone(), "body": secret.text("Fax")})):
            self.call(link, "POST", path, event, expected=400)

    def webhooks(self, link, _, message_id):
        """Messages, receipts, wrong tokens and malformed forms, with the token in the header and in the query."""
        secret = self.secrets
        sms, mail = "/api/providers/sms-mms/webhook", "/api/providers/email/webhook"
        form = {"MessageSid": secret.token("SM"), "From": secret.phone(), "To": secret.phone(),
                "Body": secret.text("Form"), "NumMedia": "1", "MediaUrl0": secret.url()}
        shown = {"X-Webhook-Token": WEBHOOK_TOKEN}
        self.call(link, "POST", f"{sms}?token={WEBHOOK_TOKEN}", urllib.parse.urlencode(form), FORM, expected=204)
        self.call(link, "POST", f"{sms}?token={secret.token('wrong')}", urllib.parse.urlencode(form), FORM,
                  expected=401)
        del form["To"]
        self.call(link, "POST", sms, urllib.parse.urlencode(form), {**FORM, **shown}, expected=400)
        event = {"event": "inbound", "message_id": secret.token("mail-id"), "from": secret.mailbox(),
                 "to": secret.mailbox(), "subject": secret.token("Subject"), "body": secret.text("Event")}
        self.call(link, "POST", f"{mail}/{secret.token('path')}", [event], shown, expected=200)
        long = {**event, "to": secret.token("nobody") * 40, "message_id": secret.token("mail-id")}
        self.call(link, "POST", mail, [long], shown, expected=400)
        _, payload = self.call(link, "GET", f"/api/messages/{message_id}")
        known = json.loads(payload).get("provider_message_id") or secret.token("never-given")
        self.call(link, "POST", mail, [{"event": "bounced", "message_id": known, "error_code": "5.1.1"}], shown,
                  expected=200)

    def reads(self, link, message, message_id):
        self.call(link, "GET", f"/api/messages/{message_id}", expected=200)
        query = urllib.parse.urlencode({"from": message["from"], "limit": 2})
        self.call(link, "GET", f"/api/messages?{query}", expected=200)
        _, payload = self.call(link, "GET", "/api/conversations?pageSize=1", expected=200)
        page = json.loads(payload)
        self.call(link, "GET", f"/api/conversations/{page['items'][0]['id']}/messages", expected=200)
        cursor = urllib.parse.quote(page["meta"]["next_cursor"] or "none")
        self.call(link, "GET", f"/api/conversations?pageSize=1&cursor={cursor}")
        self.call(link, "GET", f"/api/messages?cursor={self.secrets.token('cursor')}", expected=400)
        # An address where an id belongs.
        self.call(link, "GET", "/api/messages/" + urllib.parse.quote(message["to"], safe="+@"), expected=404)
        self.call(link, "GET", "/api/conversations/" + urllib.parse.quote(message["to"], safe="+@"), expected=404)

    def operations(self, link, _, message_id):
        self.call(link, "POST", f"/api/messages/{message_id}/cancel")
        self.call(link, "POST", f"/api/messages/{message_id}/retry")
        self.call(link, "POST", "/api/messages/retry?status=failed&provider=email", expected=200)

    def administer(self):
        """Secrets in configurations, taken and refused; a channel without a provider; a sender over its limit."""
        secret = self.secrets
        for name in ("sms-mms", "email"):
            path = f"/api/providers/{name}/config"
            for bad in ({"webhook_token": secret.token("long") * 40}, {secret.token("setting"): secret.token("value")},
                        {"latency_ms": secret.token("number")}, [secret.token("element")]):
                self.call(None, "PUT", path, bad, expected=400)
            self.call(None, "PUT", path, {"webhook_token": WEBHOOK_TOKEN}, expected=200)
            self.call(None, "GET", path, expected=200)
        self.call(None, "PUT", "/api/provider/mock/config", FAULTS, expected=200)

    def overreach(self):
        secret = self.secrets
        mail = {"from": secret.mailbox(), "to": secret.mailbox(), "body": secret.text("Lost")}
        self.call(None, "POST", "/api/providers/email/disable", expected=200)
        self.call(None, "POST", "/api/messages/email", mail, expected=500)
        self.call(None, "POST", "/api/providers/email/enable", expected=200)
        sms = {"from": secret.phone(), "to": secret.phone(), "type": "sms", "body": secret.text("Many")}
        link = self.host.connect()
        for _ in range(SENDER_QUOTA + 5):
            self.call(link, "POST", "/api/messages/sms", sms, {"Idempotency-Key": secret.token("key")})
        link.close()
        for broken in (f"POST /{secret.token('path')} HTTP/9.9\r\n\r\n",
                       f"GET /healthz HTTP/1.1\r\nHost: x\r\nBroken {secret.token('header')}\r\n\r\n",
                       f"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: {secret.token('length')}\r\n\r\n",
                       f"{secret.token('garbage')}\r\n\r\n"):
            status, _, _ = self.host.call_raw(broken.encode())
            self.statuses[status] += 1


def pending(host):
    return json.loads(host.call("GET", "/api/messages?status=pending&limit=1")[2])["items"]


class LogPrivacy(unittest.TestCase):
    def log_of_a_day(self, form):
        """The log's bytes, and the values that were sent."""
        with HeraldHost(BINARY, {**SETTINGS, "API_LOG_FORMAT": form}) as host:
            traffic = Traffic(host)
            traffic.secrets.keep(WEBHOOK_TOKEN)
            traffic.administer()
            traffic.run()
            traffic.overreach()
            traffic.call(None, "PUT", "/api/provider/mock/config", HEALTHY, expected=200)
            self.assertTrue(eventually(lambda: not pending(host), within_s=60), "messages wait for ever")
            metrics = host.call("GET", "/metrics")[2] + host.call("GET", "/metrics", None, {"Accept": JSON})[2]
            self.assertEqual(host.terminate(), 0)
            log = Path(host.log_path).read_bytes()
        self.assertEqual(found_in(metrics, traffic.secrets.values), {}, "in the metrics")
        self.assertEqual(traffic.faults, [])
        for status in (200, 202, 204, 400, 401, 404, 405, 406, 409, 415, 422, 429, 500):
            self.assertTrue(traffic.statuses[status], f"no {status}: {dict(traffic.statuses)}")
        return log, traffic.secrets.values

    def check(self, form):
        log, values = self.log_of_a_day(form)
        lines = log.count(b"\n")
        print(f"{form}: {lines} lines, {len(values)} forms of what was sent", flush=True)
        self.assertGreaterEqual(lines, LEAST_LINES)
        for event in (b"intake.accepted", b"intake.rate_limited", b"intake.provider_missing", b"inbound.accepted",
                      b"inbound.refused", b"dispatch.settled", b"breaker.transition", b"provider.configured",
                      b"http.request", b"http.refused", b"intake.retried_all"):
            self.assertTrue(event in log, f"the log has no {event.decode()}")
        self.assertFalse(b"log.dropped" in log, "not every line was written")
        found = found_in(log, values)
        told = [f"{value.decode()!r} in {line.decode()}" for value, line in sorted(found.items())[:20]]
        self.assertEqual(told, [], f"{len(found)} of {len(values)} values stand in the log")
        self.assertEqual(numbers_in(log, values), set())

    def test_holds_in_text(self):
        self.check("text")

    def test_holds_in_json(self):
        self.check("json")

    def test_a_value_in_any_form_would_be_noticed(self):
        secrets = Secrets()
        phone, mail, text = secrets.phone(), secrets.mailbox(), secrets.text("Note")
        digits = re.sub(r"\D", "", phone)[-10:]
        for line in (phone, digits, mail, mail.lower().replace("+tag2", ""), text.split("\n")[0], json.dumps(text),
                     urllib.parse.quote_plus(text)):
            self.assertTrue(found_in(f"an event with {line}\n".encode(), secrets.values), line)
        spaced = f"{digits[:3]} {digits[3:6]}.{digits[6:]}"
        self.assertTrue(numbers_in(f"to={spaced}\n".encode(), secrets.values))
        self.assertFalse(found_in(b"2026-01-01T00:00:00.000Z info an.event number=7\n", secrets.values))


if __name__ == "__main__":
    unittest.main()
