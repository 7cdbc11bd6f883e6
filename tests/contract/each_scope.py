"""The scopes of specs/openapi.yaml against the running host: each key opens what names its scope, and nothing else."""

import abc
import subprocess
import tempfile
from pathlib import Path


class EachScope(abc.ABC):
    """A key for each scope, and what each of them opens. Mixed into a case that has `host`, `call` and `path`; the
    document, bodies for its operations and the host's binary are that case's."""

    binary = document = bodies = None

    SCOPES = ("send", "read", "admin")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.settings = {"API_KEYS_FILE": str(Path(folder.name) / "keys")}
        self.keys = {scope: {"Authorization": f"Bearer {self.made(scope)}"} for scope in self.SCOPES}
        super().setUp()

    def made(self, scope):
        done = subprocess.run([self.binary, "key", "create", scope, "--scopes", scope], env=self.settings, check=True,
                              capture_output=True, text=True)
        return done.stdout.strip()

    def test_are_asked_for_by_every_operation_that_names_a_scope_and_by_no_other(self):
        for operation in self.document.operations.values():
            with self.subTest(operation=operation.id):
                if operation.scope:
                    self.call(operation.id, 401)
                    self.call(operation.id, 401, headers={"Authorization": "Bearer herald_0_0"})
                    self.clear_of_denials()
                else:
                    self.call(operation.id, 200)

    def clear_of_denials(self):
        """The limit of denials is no matter of these tests: each goes to a host that has denied little."""
        self.denials = getattr(self, "denials", 0) + 2
        if self.denials % 28 == 0:
            self.host.__exit__()
            super().setUp()

    def test_open_the_operations_of_their_scope_and_no_other(self):
        for operation in self.document.operations.values():
            for scope in self.SCOPES if operation.scope else ():
                with self.subTest(operation=operation.id, scope=scope):
                    if scope == operation.scope:
                        body = self.bodies[operation.id] if operation.takes_body else None
                        status, _, payload = self.host.call(operation.method, self.path(operation), body,
                                                            self.keys[scope])
                        self.assertNotIn(status, (401, 403), payload)
                    else:
                        self.call(operation.id, 403, headers=self.keys[scope])

    def test_that_fail_too_often_are_told_so(self):
        answers = {self.host.call("GET", "/api/messages")[0] for _ in range(40)}
        self.assertEqual(answers, {401, 429})
        problem = self.call("listMessages", 429)
        self.assertEqual(problem["code"], "denied_too_often")
        self.call("listMessages", 200, headers=self.keys["read"])
