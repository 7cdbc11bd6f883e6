"""A host whose only provider is the SMTP example, and what its clients do with it."""

import json
import os
import shutil
import tempfile

from support.eventually import eventually
from support.herald_host import HeraldHost

SETTLED = ("dispatched", "failed", "expired", "cancelled")
QUICK_RETRIES = {"API_WORKER_BACKOFF_BASE_MS": "5", "API_WORKER_BACKOFF_MAX_MS": "50"}


class SmtpHost(HeraldHost):
    """`config`: the provider's, on top of an unencrypted server on `port` of loopback. Use as a context manager."""

    def __init__(self, binary, plugin, port, config=None, settings=None):
        self.config = {"url": f"smtp://127.0.0.1:{port}", "starttls": "never", "greylist_retry_seconds": 0,
                       **(config or {})}
        self._plugins = tempfile.TemporaryDirectory(prefix="herald-smtp-")
        shutil.copy(plugin, os.path.join(self._plugins.name, "smtp.so"))
        super().__init__(binary, {**QUICK_RETRIES, "API_PLUGIN_DIR": self._plugins.name, "API_ROUTE_EMAIL": "smtp",
                                  "API_PROVIDER_SMTP_CONFIG": json.dumps(self.config), **(settings or {})})

    def __exit__(self, *exception):
        super().__exit__(*exception)
        self._plugins.cleanup()

    def send(self, connection=None, **fields):
        """Posts a mail; the id that its 202 tells."""
        mail = {"from": "sender@example.org", "to": "recipient@example.com", "body": "Hello", **fields}
        status, _, body = self.call("POST", "/api/messages/email", mail, connection=connection)
        if status != 202:
            raise AssertionError(f"answered {status}: {body[:300]!r}")
        return json.loads(body)["id"]

    def message(self, message_id, connection=None):
        status, _, body = self.call("GET", f"/api/messages/{message_id}", connection=connection)
        if status != 200:
            raise AssertionError(f"answered {status}: {body[:300]!r}")
        return json.loads(body)

    def settled(self, message_id, within_s=30):
        """The message once it has its last status; the last that was seen when it has none in time."""
        seen = {}

        def is_settled():
            seen.update(self.message(message_id))
            return seen["status"] in SETTLED

        eventually(is_settled, within_s)
        return seen

    def sent(self, **fields):
        """What became of one mail."""
        return self.settled(self.send(**fields))


def attempts_of(message):
    """(outcome, error code) of each attempt."""
    return [(attempt["outcome"], attempt["error_code"]) for attempt in message["attempts"]]
