"""What the REST API shows of a store at rest."""

import json

from verdict import Fault

PAGE = 200           # the most that a page of messages holds
SAMPLED = 5          # conversations of which every message is read


class Rest:
    """Reads on one connection; an answer that is no 200 is a ValueError."""

    def __init__(self, host):
        self._host = host
        self._connection = host.connect()

    def all_messages(self):
        return self.messages("")

    def messages(self, narrowed):
        """Every message of a list, whatever the number of its pages."""
        items, cursor = [], None
        while True:
            query = f"{narrowed}&limit={PAGE}" + (f"&cursor={cursor}" if cursor else "")
            page = self._call("GET", f"/api/messages?{query.lstrip('&')}")
            items += page["items"]
            cursor = page["meta"]["next_cursor"]
            if cursor is None:
                return items

    def message(self, message_id):
        return self._call("GET", f"/api/messages/{message_id}")

    def post(self, path):
        return self._call("POST", path)

    def judge_conversations(self, messages):
        """All counts together are all messages, and those of a sample are what reading them gives."""
        counted, cursor, sample = 0, None, []
        while True:
            page = self._call("GET", "/api/conversations" + (f"?cursor={cursor}" if cursor else ""))
            counted += sum(item["message_count"] for item in page["items"])
            sample += page["items"][:SAMPLED - len(sample)]
            cursor = page["meta"]["next_cursor"]
            if cursor is None:
                break
        if counted != messages:
            yield Fault(0, f"all conversations count {counted} messages, {messages} are listed")
        for conversation in sample:
            read = self._read(conversation["id"])
            if read != conversation["message_count"]:
                yield Fault(0, f"conversation {conversation['id']}: counts {conversation['message_count']}, "
                               f"{read} messages read")

    def _read(self, conversation):
        count, cursor = 0, None
        while True:
            page = self._call("GET", f"/api/conversations/{conversation}/messages"
                              + (f"?cursor={cursor}" if cursor else ""))
            count += len(page["items"])
            cursor = page["meta"]["next_cursor"]
            if cursor is None:
                return count

    def _call(self, method, path):
        status, _, body = self._host.call(method, path, connection=self._connection)
        if status != 200:
            raise ValueError(f"{method} {path}: answered {status}: {body[:300]!r}, expected 200")
        return json.loads(body)
