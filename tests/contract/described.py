"""specs/openapi.yaml as a judge: is this answer one that the document describes, and which of those were seen?"""

import json
from pathlib import Path

import jsonschema
import yaml

METHODS = ("get", "put", "post", "patch", "delete")


class Operation:
    def __init__(self, document, template, method):
        item = document.tree["paths"][template]
        self._document = document
        self._tree = item[method]
        self.template = template
        self.method = method.upper()
        self.id = self._tree["operationId"]
        self.statuses = list(self._tree["responses"])
        self.siblings = [name.upper() for name in item if name in METHODS]
        self.parameters = [document.resolve(parameter)
                           for parameter in item.get("parameters", []) + self._tree.get("parameters", [])]
        # The scope of the key that it takes; none for an operation that takes no key.
        self.scope = next((scheme[:-len("Key")] for way in self._tree["security"] for scheme in way
                           if scheme.endswith("Key")), None)
        self.takes_body = "requestBody" in self._tree

    def describes(self, status):
        return str(status) in self.statuses

    def response(self, status):
        """(the key under which the status is described, its description); a default stands for no success."""
        responses = self._tree["responses"]
        keys = [str(status), f"{status // 100}XX"] + (["default"] if status >= 400 else [])
        for key in keys:
            if key in responses:
                return key, self._document.resolve(responses[key])
        raise AssertionError(f"{self.method} {self.template} answered {status}, which the document lacks")

    def examples(self):
        """The bodies that the document shows for this operation."""
        content = self._tree.get("requestBody", {}).get("content", {})
        return [example["value"] for media in content.values() for example in media.get("examples", {}).values()]

    def request_schema(self):
        return self._tree["requestBody"]["content"]["application/json"]["schema"]


class Document:
    """`seen` holds (operation id, key of a response) of every answer that was judged."""

    def __init__(self, path):
        self.tree = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        closed(self.tree["components"]["schemas"])
        closed(self.tree["paths"])
        self.operations = {operation.id: operation for operation in
                           (Operation(self, template, method) for template, item in self.tree["paths"].items()
                            for method in item if method in METHODS)}
        self.seen = set()

    def resolve(self, node):
        while "$ref" in node:
            target = self.tree
            for part in node["$ref"].lstrip("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validate(self, schema, value):
        jsonschema.Draft202012Validator({**schema, "components": self.tree["components"]}).validate(value)

    def judge(self, operation_id, status, headers, payload):
        """Raises when status, headers or body are other than described."""
        operation = self.operations[operation_id]
        key, described = operation.response(status)
        for name, header in described.get("headers", {}).items():
            header = self.resolve(header)
            if name.lower() in headers:
                self.validate(header["schema"], headers[name.lower()])
            elif header.get("required"):
                raise AssertionError(f"{operation_id}, {status}: without the field {name}")
        content = described.get("content")
        if content:
            media = headers.get("content-type", "").split(";")[0]
            if media not in content and "*/*" not in content:
                raise AssertionError(f"{operation_id}, {status}: {media}, described are {sorted(content)}")
            value = json.loads(payload) if "json" in media else payload.decode("utf-8")
            self.validate(content.get(media, {}).get("schema", {}), value)
            if media == "application/problem+json" and value["status"] != status:
                raise AssertionError(f"{operation_id}: a problem of {value['status']} in an answer of {status}")
        self.seen.add((operation_id, key))

    def unseen(self):
        return {(operation.id, key) for operation in self.operations.values() for key in operation.statuses} - self.seen


def closed(node):
    """Every object of the document lets only named members pass: what it does not describe, it does not promise."""
    if isinstance(node, dict):
        if node.get("type") == "object" and isinstance(node.get("properties"), dict):
            node.setdefault("additionalProperties", False)
        for inner in node.values():
            closed(inner)
    elif isinstance(node, list):
        for inner in node:
            closed(inner)
