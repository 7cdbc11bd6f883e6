"""specs/openapi.yaml against the running host: every operation exists, and every answer is one that it describes."""

import json
import re
import sys
import unittest
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.herald_host import HeraldHost  # noqa: E402

BINARY = sys.argv.pop()
SPEC = yaml.safe_load((ROOT / "specs" / "openapi.yaml").read_text(encoding="utf-8"))

SMS = {"from": "+12025550123", "to": "+12025550142", "type": "sms", "body": "Hello"}
EMAIL = {"from": "shop@example.com", "to": "jo@example.org", "subject": "Hi", "body": "<p>Hello</p>"}
JSON = {"Content-Type": "application/json"}


def resolve(node):
    while "$ref" in node:
        target = SPEC
        for part in node["$ref"].lstrip("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def template_of(path):
    """The path of the specification that a request's path is an instance of."""
    bare = path.split("?")[0]
    if bare in SPEC["paths"]:
        return bare
    for template in SPEC["paths"]:
        if re.fullmatch(re.sub(r"\{[^/]+\}", "[^/]+", template), bare):
            return template
    raise AssertionError(f"{path} is not in the specification")


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = HeraldHost(BINARY)
        cls.host.__enter__()
        cls.addClassCleanup(cls.host.__exit__)
        cls.exercised = set()

    def call(self, expected, method, path, body=None, headers=None):
        status, got, payload = self.host.call(method, path, body, headers)
        self.assertEqual(status, expected, payload)
        self.check(method, path, status, got, payload)
        return json.loads(payload) if "json" in got.get("content-type", "") else payload

    def check(self, method, path, status, headers, payload):
        template = template_of(path)
        operation = SPEC["paths"][template][method.lower()]
        described = operation["responses"].get(str(status))
        self.assertIsNotNone(described, f"{method} {template} answered {status}, which the specification lacks")
        OpenApi.exercised.add((template, method.lower()))
        described = resolve(described)
        for name in described.get("headers", {}):
            if resolve(described["headers"][name]).get("required"):
                self.assertIn(name.lower(), headers)
        content = described.get("content")
        if not content:
            return
        media = headers["content-type"].split(";")[0]
        self.assertIn(media, content)
        if "json" in media:
            schema = {**content[media]["schema"], "components": SPEC["components"]}
            jsonschema.Draft202012Validator(schema).validate(json.loads(payload))

    def test_operations_answer_as_described(self):
        accepted = self.call(202, "POST", "/api/messages/sms", SMS)
        self.call(202, "POST", "/api/messages/email", EMAIL)
        self.call(200, "GET", f"/api/messages/{accepted['id']}")
        self.call(404, "GET", "/api/messages/0000000000000")
        self.call(400, "POST", "/api/messages/sms", {"from": 1})
        self.call(400, "POST", "/api/messages/email", b"{", JSON)
        self.call(415, "POST", "/api/messages/sms", b"x", {"Content-Type": "text/plain"})
        self.call(406, "POST", "/api/messages/sms", SMS, {"Accept": "text/html"})
        self.call(413, "POST", "/api/messages/sms", b" " * 300_000, JSON)
        self.call(200, "GET", "/api/providers")
        self.call(200, "GET", "/api/providers/email")
        self.call(404, "GET", "/api/providers/nobody")
        for path in ("/healthz", "/livez", "/readyz"):
            self.call(200, "GET", path)
        self.call(200, "GET", "/metrics")
        self.call(200, "GET", "/metrics", headers={"Accept": "application/json"})
        described = {(path, method) for path, item in SPEC["paths"].items() for method in item
                     if method in ("get", "put", "post", "delete", "patch")}
        self.assertEqual(described - OpenApi.exercised, set(), "described, but not exercised here")

    def test_is_a_well_formed_document(self):
        self.assertTrue(SPEC["openapi"].startswith("3.1"))
        for name, schema in SPEC["components"]["schemas"].items():
            with self.subTest(schema=name):
                jsonschema.Draft202012Validator.check_schema(schema)


if __name__ == "__main__":
    unittest.main()
