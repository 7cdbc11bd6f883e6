"""Inbound webhooks under signatures, on the real host: recordings of them are refused, also after a restart."""

import base64
import hashlib
import hmac
import json
import os
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.eventually import eventually  # noqa: E402
from support.herald_host import HeraldHost  # noqa: E402

BINARY = sys.argv.pop()
OLD, NEW = b"the old secret of a carrier.....", b"the new secret of a carrier....."


def event(number=1, body="Thank you"):
    return {"from": "+12025550142", "to": "+12025550123", "type": "sms", "messaging_provider_id": f"m-{number}",
            "body": body}


def signed(name, body, secret=OLD, at=None):
    """What a carrier sends: (fields, body)."""
    at = int(time.time()) if at is None else at
    body = json.dumps(body)
    digest = hmac.new(secret, f"{name}.{at}.{body}".encode(), hashlib.sha256).digest()
    return {"Content-Type": "application/json", "Webhook-Id": name, "Webhook-Timestamp": str(at),
            "Webhook-Signature": "v1," + base64.b64encode(digest).decode()}, body


class SignedWebhooks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.file = Path(folder.name) / "secrets"
        self.share(OLD)
        self.start()

    def share(self, *secrets):
        text = "".join(f"whsec_{base64.b64encode(secret).decode()}\n" for secret in secrets)
        made = self.file.with_suffix(".new")
        made.write_text(text, encoding="ascii")
        os.chmod(made, 0o600)
        made.rename(self.file)

    def start(self):
        self.host = HeraldHost(BINARY, {"API_WEBHOOK_SECRETS_FILE": str(self.file)}, folder=self.folder)
        self.host.__enter__()
        self.addCleanup(self.host.__exit__)

    def post(self, delivery, path="/api/webhooks/sms"):
        fields, body = delivery
        status, headers, payload = self.host.call("POST", path, body, fields)
        return status, json.loads(payload), headers

    def stored(self):
        return len(json.loads(self.host.call("GET", "/api/messages?direction=inbound")[2])["items"])

    def test_are_taken(self):
        self.assertEqual(self.post(signed("a", event()))[0], 202)
        mail = {"from": "jo@example.org", "to": "shop@example.com", "xillio_id": "x-1", "body": "Hi"}
        self.assertEqual(self.post(signed("b", mail), "/api/webhooks/email")[0], 202)
        mock = {"channel": "sms", **event(2)}
        del mock["messaging_provider_id"]
        self.assertEqual(self.post(signed("c", mock), "/api/provider/mock/inbound")[0], 202)
        self.assertEqual(self.stored(), 3)

    def test_that_are_unsigned_changed_or_stale_store_nothing(self):
        fields, body = signed("a", event())
        now = int(time.time())
        for delivery in (({"Content-Type": "application/json"}, body), (fields, body.replace("Thank", "No")),
                         ({**fields, "Webhook-Id": "b"}, body), ({**fields, "Webhook-Timestamp": str(now - 1)}, body),
                         signed("a", event(), NEW), signed("a", event(), at=now - 400),
                         signed("a", event(), at=now + 400)):
            for path in ("/api/webhooks/sms", "/api/webhooks/email", "/api/provider/mock/inbound"):
                status, problem, headers = self.post(delivery, path)
                self.assertEqual((status, problem["code"]), (401, "signature_invalid"))
                self.assertIn("www-authenticate", headers)
        self.assertEqual(self.stored(), 0)

    def test_that_are_played_again_are_refused_also_after_a_restart(self):
        delivery = signed("a", event())
        first = self.post(delivery)
        self.assertEqual(first[0], 202)
        self.assertEqual(self.post(delivery)[1]["code"], "webhook_replayed")
        self.host.kill()
        self.start()
        status, problem, _ = self.post(delivery)
        self.assertEqual((status, problem["code"]), (409, "webhook_replayed"))
        self.assertEqual(self.post(signed("a", event(body="Forged"), at=int(time.time()) + 60))[0], 422)
        status, again, headers = self.post(signed("a", event(), at=int(time.time()) + 60))
        self.assertEqual((status, again["id"], headers["idempotency-replayed"]), (202, first[1]["id"], "true"),
                         "the carrier's own repetition is answered as the first")
        self.assertEqual(self.stored(), 1)

    def test_change_their_secret_without_a_gap(self):
        self.share(NEW, OLD)
        self.assertTrue(eventually(lambda: self.post(signed("a", event(1), NEW))[0] in (202, 409)))
        self.assertEqual(self.post(signed("b", event(2), OLD))[0], 202)
        self.share(NEW)
        self.assertTrue(eventually(lambda: self.post(signed(f"c-{time.time()}", event(3), OLD))[0] == 401))
        self.assertEqual(self.post(signed("d", event(4), NEW))[0], 202)

    def test_show_no_secret(self):
        self.file.write_text("whsec_" + "B" * 33 + "\n", encoding="ascii")
        self.assertTrue(eventually(lambda: self.host.log_of("access.file_refused")))
        self.post(signed("a", event(), NEW))
        for secret in ("B" * 33, base64.b64encode(OLD).decode(), OLD.decode()):
            self.assertNotIn(secret, self.host.raw_log())


if __name__ == "__main__":
    unittest.main()
