"""specs/openapi.yaml against the running host: every operation with every status that it describes is provoked, and
what comes is judged by the document: status, fields and body, in which nothing may stand that is not described."""

import json
import shutil
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from contract.described import Document  # noqa: E402
from contract.each_scope import EachScope  # noqa: E402
from support.eventually import eventually  # noqa: E402
from support.herald_host import HeraldHost  # noqa: E402

BINARY = sys.argv.pop()
DOCUMENT = Document(ROOT / "specs" / "openapi.yaml")

# What cannot be provoked from outside, and why.
NOT_PROVOKED = {}

SMS = {"from": "+12025550123", "to": "+12025550142", "type": "sms", "body": "Hello"}
EMAIL = {"from": "shop@example.com", "to": "jo@example.org", "subject": "Hi", "body": "<p>Hello</p>"}
SMS_EVENT = {"from": "+12025550142", "to": "+12025550123", "type": "sms", "messaging_provider_id": "m-1", "body": "Hi"}
EMAIL_EVENT = {"from": "jo@example.org", "to": "shop@example.com", "xillio_id": "x-1", "body": "<b>Hi</b>"}
MOCK_EVENT = {"channel": "mms", "from": "+12025550142", "to": "+12025550123", "type": "mms", "body": "Hi",
              "attachments": ["https://example.com/cat.png"]}
NO_FAULTS = {"timeout_pct": 0, "error_pct": 0, "ratelimit_pct": 0}
BODIES = {
    "sendSms": SMS, "sendEmail": EMAIL, "receiveSms": SMS_EVENT, "receiveEmail": EMAIL_EVENT,
    "receiveFromMock": MOCK_EVENT, "setFaults": NO_FAULTS, "setProviderConfig": {},
}
KEYED = ("sendSms", "sendEmail", "receiveSms", "receiveEmail", "receiveFromMock")
JSON = {"Content-Type": "application/json"}


class HostTest(unittest.TestCase):
    """`host` is what the calls go to."""

    settings = {}

    def setUp(self):
        self.host = HeraldHost(BINARY, self.settings)
        self.host.__enter__()
        self.addCleanup(self.host.__exit__)

    def path(self, operation, id_="0000000000000", name="email", path="any/thing", query=""):
        conversation = "/conversations/" in operation.template
        if conversation and id_ == "0000000000000":
            id_ = 999
        return operation.template.replace("{id}", str(id_)).replace("{name}", name).replace("{path}", path) + query

    def judged(self, operation_id, answer, expected):
        status, headers, payload = answer
        self.assertEqual(status, expected, f"{operation_id}: {payload[:500]!r}")
        try:
            DOCUMENT.judge(operation_id, status, headers, payload)
        except jsonschema.ValidationError as error:
            self.fail(f"{operation_id}, {status}: {error.message} at {list(error.absolute_path)} in {payload[:1500]!r}")
        return json.loads(payload) if "json" in headers.get("content-type", "") else payload

    def call(self, operation_id, expected, body=None, headers=None, **place):
        operation = DOCUMENT.operations[operation_id]
        if body is None and operation.takes_body:
            body = BODIES[operation_id]
        answer = self.host.call(operation.method, self.path(operation, **place), body, headers)
        return self.judged(operation_id, answer, expected)

    def call_raw(self, operation_id, expected, change):
        operation = DOCUMENT.operations[operation_id]
        head = change(operation.method, self.path(operation))
        return self.judged(operation_id, self.host.call_raw(head.encode("ascii")), expected)

    def message_when(self, message_id, status):
        last = []

        def has_come():
            last[:] = [self.call("getMessage", 200, id_=message_id)]
            return last[0]["status"] == status

        self.assertTrue(eventually(has_come, within_s=30), last)
        return last[0]


class Every(HostTest):
    """What every operation has alike."""

    def for_each(self, status, work):
        found = [operation for operation in DOCUMENT.operations.values() if operation.describes(status)]
        self.assertTrue(found)
        for operation in found:
            with self.subTest(operation=operation.id):
                work(operation)

    def raw_for_each(self, described, expected, version="1.1", fields=""):
        def head(method, path):
            return f"{method} {path} HTTP/{version}\r\nHost: a\r\n{fields}\r\n"

        self.for_each(described, lambda operation: self.call_raw(operation.id, expected, head))

    def test_operation_refuses_a_request_that_is_no_http(self):
        self.raw_for_each(400, 400, fields="Host: b\r\n")

    def test_operation_refuses_fields_that_are_too_large(self):
        self.raw_for_each(431, 431, fields=f"X: {'x' * 20_000}\r\n")

    def test_operation_refuses_another_version_of_http(self):
        self.raw_for_each("default", 505, version="2.0")

    def test_path_refuses_another_method(self):
        def work(operation):
            status, headers, payload = self.host.call("PATCH", self.path(operation), headers=JSON)
            self.judged(operation.id, (status, headers, payload), 405)
            allowed = {method for method in headers["allow"].split(", ") if method != "HEAD"}
            self.assertEqual(allowed, set(operation.siblings))

        self.for_each(405, work)

    def test_path_that_the_document_lacks_is_not_found(self):
        for path in ("/", "/api", "/api/messages/0/x", "/api/conversations/1/", "/api/providers/email/webhooks"):
            status, _, payload = self.host.call("GET", path)
            self.assertEqual((status, json.loads(payload)["code"]), (404, "not_found"), path)
            DOCUMENT.validate({"$ref": "#/components/schemas/Problem"}, json.loads(payload))

    def test_operation_refuses_a_client_that_takes_no_json(self):
        self.for_each(406, lambda operation: self.call(operation.id, 406, headers={"Accept": "image/png"}))

    def test_operation_refuses_a_body_that_is_too_large(self):
        self.for_each(413, lambda operation: self.call(operation.id, 413, body=b" " * 300_000, headers=JSON))

    def test_operation_refuses_a_body_that_is_not_json(self):
        plain = {"Content-Type": "text/plain"}
        self.for_each(415, lambda operation: self.call(operation.id, 415, body=b"x", headers=plain))

    def test_operation_refuses_a_name_that_it_does_not_know(self):
        self.for_each(404, lambda operation: self.call(operation.id, 404, name="nobody"))

    def test_operation_refuses_a_body_that_says_nothing(self):
        def work(operation):
            if operation.takes_body:
                self.call(operation.id, 400, body=b"{", headers=JSON)
                faults = self.call(operation.id, 400, body={"from": 1, "timeout_pct": "many"})["errors"]
                self.assertTrue(faults)

        self.for_each(400, work)


class Operations(HostTest):
    """What each operation is there for."""

    settings = {"API_WORKER_MAX_RETRIES": "0", "API_PROVIDER_SMS_MMS_ERROR_PCT": "100"}

    def test_examples_of_the_document_are_taken_and_fit_its_schemas(self):
        for operation in DOCUMENT.operations.values():
            for number, example in enumerate(operation.examples()):
                with self.subTest(operation=operation.id, example=number):
                    DOCUMENT.validate(operation.request_schema(), example)
                    self.call(operation.id, 202 if operation.id in KEYED else 200, body=example)

    def test_messages(self):
        email = self.call("sendEmail", 202)["id"]
        self.assertEqual(len(self.message_when(email, "dispatched")["attempts"]), 1)
        sms = self.call("sendSms", 202)["id"]
        self.message_when(sms, "failed")
        listed = self.call("listMessages", 200, query="?limit=1")
        self.assertEqual([item["id"] for item in listed["items"]], [sms])
        cursor = listed["meta"]["next_cursor"]
        self.assertEqual(self.call("listMessages", 200, query=f"?limit=1&cursor={cursor}")["items"][0]["id"], email)
        self.assertEqual(self.call("listMessages", 200, query="?channel=mms")["items"], [])
        self.call("listMessages", 400, query="?status=lost&limit=0")
        self.call("cancelMessage", 409, id_=email)
        self.call("retryMessage", 409, id_=email)
        self.assertEqual(self.call("retryMessage", 200, id_=sms), {"id": sms, "status": "pending"})
        self.message_when(sms, "failed")
        held = "?status=failed&error_code=uncertain"
        self.assertEqual(self.call("listMessages", 200, query=held)["items"], [])
        self.assertEqual(self.call("retryMessages", 200, query=held), {"retried": 0})
        self.assertEqual(self.call("retryMessages", 200, query="?status=failed"), {"retried": 1})
        self.call("retryMessages", 400)

    def test_conversations(self):
        sent = self.call("sendEmail", 202)["id"]
        received = self.call("receiveEmail", 202)["id"]
        self.assertEqual(self.call("receiveEmail", 202)["id"], received)
        self.call("receiveSms", 202)
        self.call("receiveFromMock", 202)
        listed = self.call("listConversations", 200, query="?pageSize=2")
        self.assertEqual(listed["meta"]["total"], 3)
        cursor = listed["meta"]["next_cursor"]
        self.assertEqual(len(self.call("listConversations", 200, query=f"?cursor={cursor}")["items"]), 1)
        self.assertEqual(self.call("getConversation", 200, id_=1)["message_count"], 2)
        messages = self.call("listConversationMessages", 200, id_=1)
        self.assertEqual([item["id"] for item in messages["items"]], [sent, received])
        self.call("listConversations", 400, query="?page=none")
        self.call("listConversationMessages", 400, id_=1, query="?cursor=none")

    def test_keys(self):
        for operation_id in KEYED:
            with self.subTest(operation=operation_id):
                key = {"Idempotency-Key": f"key-{operation_id}"}
                body = dict(BODIES[operation_id])
                first = self.call(operation_id, 202, body, key)
                self.assertEqual(self.call(operation_id, 202, body, key), first)
                self.call(operation_id, 422, {**body, "body": "Another"}, key)
                self.call(operation_id, 400, body, {"Idempotency-Key": "k" * 256})

    def test_a_key_in_flight(self):
        for operation_id in KEYED:
            with self.subTest(operation=operation_id):
                self.assertTrue(eventually(lambda one=operation_id: self.race(one), within_s=30))

    def race(self, operation_id):
        """Eight clients with one key at once; whether one of them was told that the key is in flight."""
        operation = DOCUMENT.operations[operation_id]
        Operations.races = getattr(Operations, "races", 0) + 1
        body = {**BODIES[operation_id], "body": f"Race {Operations.races}"}
        for name in ("messaging_provider_id", "xillio_id"):
            if name in body:
                body[name] = f"race-{Operations.races}"
        headers = {"Idempotency-Key": f"race-{Operations.races}"}
        start = threading.Barrier(8)
        answers = []

        def client():
            start.wait()
            answers.append(self.host.call(operation.method, self.path(operation), body, headers))

        threads = [threading.Thread(target=client) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        taken = {json.loads(payload)["id"] for status, _, payload in answers if status == 202}
        self.assertEqual(len(taken), 1, "one message for one key")
        refused = [answer for answer in answers if answer[0] != 202]
        for answer in refused:
            self.judged(operation_id, answer, 409)
        return bool(refused)

    def test_providers(self):
        self.assertEqual(len(self.call("listProviders", 200)["items"]), 2)
        self.assertEqual(self.call("getProvider", 200)["name"], "email")
        self.assertEqual(self.call("disableProvider", 200)["state"], "disabled")
        self.assertEqual(self.call("enableProvider", 200)["state"], "active")
        self.assertEqual(self.call("setProviderConfig", 200, body={"latency_ms": 5})["latency_ms"], 5)
        self.assertEqual(self.call("getProviderConfig", 200)["latency_ms"], 5)
        self.call("setProviderConfig", 400, body={"latency_ms": "long"})
        self.assertNotEqual(self.call("resetProviderConfig", 200).get("latency_ms"), 5)
        profile = {**NO_FAULTS, "error_pct": 5, "seed": 7, "providers": {"email": {"error_pct": 10}}}
        self.assertEqual(self.call("setFaults", 200, body=profile), profile)
        self.assertEqual(self.call("getFaults", 200), profile)
        self.call("setFaults", 400, body={**NO_FAULTS, "providers": {"nobody": {}}})

    def test_probes(self):
        for operation_id in ("health", "live", "ready", "metrics"):
            self.call(operation_id, 200)
        self.call("metrics", 200, headers={"Accept": "application/json"})


class Limits(HostTest):
    settings = {"API_RATE_LIMIT_PER_SENDER_PER_MIN": "1", "API_RATE_LIMIT_PER_IP_PER_MIN": "1000"}

    def test_refuse_what_is_over_them(self):
        for operation_id in ("sendSms", "sendEmail"):
            self.call(operation_id, 202)
            self.call(operation_id, 429)


class AcceptOnly(HostTest):
    settings = {"API_DISPATCH": "off"}

    def test_what_waits_can_be_taken_back(self):
        waiting = self.call("sendSms", 202)["id"]
        self.assertEqual(self.call("cancelMessage", 200, id_=waiting), {"id": waiting, "status": "cancelled"})


class SettingsThatDoNotFit(HostTest):
    settings = {"API_PROVIDER_EMAIL_CONFIG": '{"latency_ms": "long"}'}

    def test_are_not_gone_back_to(self):
        self.assertEqual(self.call("setProviderConfig", 200, body={"latency_ms": 5})["latency_ms"], 5)
        self.assertEqual(self.call("resetProviderConfig", 409)["code"], "settings_unfit")
        self.assertEqual(self.call("getProviderConfig", 200)["latency_ms"], 5)


class WithoutProviders(HostTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        (Path(folder.name) / "broken.so").write_text("no library", encoding="utf-8")
        self.settings = {"API_PLUGIN_DIR": folder.name}
        super().setUp()

    def test_nothing_is_taken(self):
        for operation_id in ("sendSms", "sendEmail"):
            self.assertEqual(self.call(operation_id, 500)["code"], "provider_missing")

    def test_a_refused_file_cannot_be_enabled(self):
        item, = self.call("listProviders", 200)["items"]
        self.assertEqual(item["state"], "refused")
        self.call("enableProvider", 409, name=item["name"])


class Keys(EachScope, HostTest):
    binary, document, bodies = BINARY, DOCUMENT, BODIES


class Webhooks(HostTest):
    """With the mocks and the carrier among the plugins of tests/abi, which takes any method."""

    FORM = {"Content-Type": "application/x-www-form-urlencoded"}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        built = Path(BINARY).resolve().parent
        for plugin in ("plugins/sms_mms.so", "plugins/email.so", "tests/abi/plugins/carrier.so"):
            shutil.copy(built / plugin, folder.name)
        self.settings = {"API_PLUGIN_DIR": folder.name}
        super().setUp()

    def test_of_a_plugin_take_every_method(self):
        for method in ("Get", "Post", "Put", "Patch", "Delete"):
            self.call(f"webhook{method}", 204, name="carrier")
            self.call(f"webhook{method}", 502, name="carrier", query="?fail")
            self.call(f"webhook{method}Below", 202, name="carrier", path="twice")
            self.call(f"webhook{method}Below", 502, name="carrier", path="fail")

    def test_of_the_mocks_bring_messages_and_receipts(self):
        self.assertEqual(self.call("webhookGet", 200, name="sms-mms", query="?challenge=yes"), b"yes")
        reply = "MessageSid=S1&From=%2B12025550142&To=%2B12025550123&Body=Hello"
        self.call("webhookPost", 204, reply, self.FORM, name="sms-mms")
        event = {"event": "inbound", "message_id": "a", "from": EMAIL["to"], "to": EMAIL["from"], "body": "Hi"}
        self.call("webhookPost", 200, [event, {"event": "delivered", "message_id": "nobody's"}])
        self.call("webhookPost", 400, [{"event": "unheard of"}])
        self.call("webhookPut", 405)
        self.assertEqual(len(self.call("listMessages", 200, query="?direction=inbound")["items"]), 2)


class Draining(HostTest):
    settings = {"API_PROVIDER_SMS_MMS_TIMEOUT_PCT": "100", "API_DISPATCH_TIMEOUT_MS": "5000",
                "API_WORKER_MAX_RETRIES": "0"}

    def test_everything_that_would_change_is_refused(self):
        self.message_when(self.call("sendSms", 202)["id"], "dispatching")
        self.host.drain()
        self.assertTrue(eventually(lambda: self.host.call("GET", "/readyz")[0] == 503))
        for operation in DOCUMENT.operations.values():
            if operation.describes(503):
                with self.subTest(operation=operation.id):
                    self.call(operation.id, 503)


class TheDocument(unittest.TestCase):
    """Last: what the others have not seen."""

    def test_was_seen_whole(self):
        left = {place for place in DOCUMENT.unseen() if place not in NOT_PROVOKED}
        self.assertEqual(sorted(left), [], "described, but not provoked here")
        self.assertEqual(set(NOT_PROVOKED) - DOCUMENT.unseen(), set(), "listed as not to be provoked, but it was")


def load_tests(loader, _tests, _pattern):
    order = (Every, Operations, Limits, AcceptOnly, SettingsThatDoNotFit, WithoutProviders, Keys, Webhooks,
             Draining, TheDocument)
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in order)


if __name__ == "__main__":
    unittest.main()
