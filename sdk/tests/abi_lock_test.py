"""What abi_lock.py says of changed headers: each test changes a copy of the real ones and asks."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SDK = pathlib.Path(__file__).resolve().parent.parent
TOOL = SDK / "abi_lock.py"


class AbiLock(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.include = pathlib.Path(folder.name, "include")
        self.lock = pathlib.Path(folder.name, "abi.lock")
        for name in ("abi.h", "abi_inbound.h"):
            (self.include / "herald").mkdir(parents=True, exist_ok=True)
            shutil.copy(SDK / "include" / "herald" / name, self.include / "herald" / name)
        shutil.copy(SDK / "abi.lock", self.lock)

    def change(self, old, new, header="abi.h"):
        file = self.include / "herald" / header
        text = file.read_text(encoding="utf-8")
        self.assertEqual(text.count(old), 1, f"`{old}` stands {text.count(old)} times in {header}, expected once")
        file.write_text(text.replace(old, new), encoding="utf-8")

    def raise_minor(self):
        self.change("HERALD_ABI_MINOR UINT32_C(1)", "HERALD_ABI_MINOR UINT32_C(2)")

    def raise_major(self):
        self.change("HERALD_ABI_MAJOR UINT32_C(1)", "HERALD_ABI_MAJOR UINT32_C(2)")
        self.change("HERALD_ABI_MINOR UINT32_C(1)", "HERALD_ABI_MINOR UINT32_C(0)")

    def append_member(self):
        self.change("} herald_outcome;", "  uint64_t price_micros;\n} herald_outcome;")

    def run_tool(self, command):
        done = subprocess.run([sys.executable, "-B", str(TOOL), command, "--include", str(self.include),
                               "--lock", str(self.lock)], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def assert_fine(self, command="check"):
        self.assertEqual(self.run_tool(command), (0, ""))

    def assert_says(self, *parts, command="check"):
        code, said = self.run_tool(command)
        self.assertEqual(code, 1, said)
        for part in parts:
            self.assertIn(part, said)

    def assert_breaks(self, *parts):
        """Refused, also when the minor version is raised, and not written into the lock."""
        self.assert_says(*parts, "raise HERALD_ABI_MAJOR to 2")
        self.raise_minor()
        self.assert_says(*parts, "raise HERALD_ABI_MAJOR to 2", command="update")

    def test_holds_for_the_headers_as_they_are(self):
        self.assert_fine()

    def test_a_comment_or_another_spacing_is_no_change(self):
        self.change("  uint32_t attempt;          /* from 1 */", "  uint32_t   attempt; /* counted from 1 */")
        self.assert_fine()

    def test_an_inserted_member_breaks(self):
        self.change("  uint32_t segments;  ", "  uint64_t cost;\n  uint32_t segments;  ")
        self.assert_breaks("herald_outcome.cost is new at offset 16, inside the 72 bytes that the struct had",
                           "herald_outcome.segments was `uint32_t`, 4 bytes at offset 12 and is `uint32_t`, 4 bytes "
                           "at offset 24")

    def test_reordered_members_break(self):
        self.change("  uint32_t abi_major;\n  uint32_t abi_minor;\n  uint32_t reserved; /* zero */",
                    "  uint32_t abi_minor;\n  uint32_t abi_major;\n  uint32_t reserved; /* zero */")
        self.assert_breaks("herald_host.abi_major was `uint32_t`, 4 bytes at offset 4", "at offset 8")

    def test_another_type_of_the_same_size_breaks(self):
        self.change("int64_t deadline_ns;       /* on", "uint64_t deadline_ns;       /* on")
        self.assert_breaks("herald_message.deadline_ns was `int64_t`", "is `uint64_t`")

    def test_another_signature_breaks(self):
        self.change("int32_t (*start)(herald_instance instance);", "int32_t (*start)(herald_instance instance, int x);")
        self.assert_breaks("herald_plugin.start was `int32_t (herald_instance)`", "`int32_t (herald_instance, int)`")

    def test_another_name_of_a_parameter_is_no_change(self):
        self.change("int32_t (*start)(herald_instance instance);", "int32_t (*start)(herald_instance self);")
        self.assert_fine()

    def test_another_function_type_breaks(self):
        self.change("typedef void (*herald_emitted_fn)(void* user, int32_t result);",
                    "typedef void (*herald_emitted_fn)(void* user, int64_t result);", "abi_inbound.h")
        self.assert_breaks("herald_emitted_fn was `void (void*, int32_t)` and is `void (void*, int64_t)`")

    def test_a_removed_member_breaks(self):
        self.change("  int64_t timestamp_unix_ms; /* the client's own time of the message */\n", "")
        self.assert_breaks("herald_message.timestamp_unix_ms is gone")

    def test_a_renamed_member_breaks(self):
        self.change("  uint32_t segments;  ", "  uint32_t parts;  ")
        self.assert_breaks("herald_outcome.segments is gone")

    def test_a_changed_constant_breaks(self):
        self.change("HERALD_OUTCOME_REJECTED UINT32_C(5)", "HERALD_OUTCOME_REJECTED UINT32_C(6)")
        self.assert_breaks("HERALD_OUTCOME_REJECTED was `uint32_t = 5` and is `uint32_t = 6`")

    def test_a_changed_extension_id_breaks(self):
        self.change('"herald.webhook/1"', '"herald.webhook/2"', "abi_inbound.h")
        self.assert_breaks("HERALD_EXT_WEBHOOK was `text = herald.webhook/1`")

    def test_a_removed_constant_breaks(self):
        self.change("#define HERALD_E_TIMEOUT INT32_C(-6)     /* not finished by the deadline */\n", "")
        self.assert_breaks("HERALD_E_TIMEOUT is gone")

    def test_a_struct_without_its_size_can_never_grow(self):
        self.change("} herald_header;", "  uint64_t flags;\n} herald_header;", "abi_inbound.h")
        self.assert_breaks("herald_header has no struct_size and so can never grow")

    def test_a_changed_inline_function_breaks(self):
        self.change("(uint64_t)index * batch->stride", "(uint64_t)index * sizeof(herald_message)")
        self.assert_breaks("herald_batch_at was")

    def test_an_appended_member_needs_a_minor_version(self):
        self.append_member()
        for command in ("check", "update"):
            self.assert_says("herald_outcome.price_micros is appended: `uint64_t`, 8 bytes at offset 72",
                             "Raise HERALD_ABI_MINOR to 2", command=command)

    def test_a_new_constant_needs_a_minor_version(self):
        self.change("#define HERALD_E_TIMEOUT", "#define HERALD_E_NEW INT32_C(-7)\n#define HERALD_E_TIMEOUT")
        self.assert_says("HERALD_E_NEW is new", "Raise HERALD_ABI_MINOR to 2")

    def test_a_minor_version_covers_what_is_appended(self):
        self.append_member()
        self.raise_minor()
        self.assert_says("The version covers the change. Run `make abi-lock`")
        self.assert_fine("update")
        self.assert_fine()
        self.assertIn("abi 1.2\n", self.lock.read_text(encoding="utf-8"))

    def test_a_reserved_member_may_be_put_to_use(self):
        self.change("  uint32_t attachment_count;\n  uint32_t reserved; /* zero */",
                    "  uint32_t attachment_count;\n  uint32_t priority;")
        self.assert_says("herald_message.reserved is now priority", "Raise HERALD_ABI_MINOR to 2")
        self.raise_minor()
        self.assert_fine("update")

    def test_a_major_version_covers_everything(self):
        self.change("  uint32_t segments;  ", "  uint64_t segments;  ")
        self.raise_major()
        self.assert_says("The version covers the change")
        self.assert_fine("update")
        self.assert_fine()

    def test_a_version_never_goes_back(self):
        self.change("HERALD_ABI_MINOR UINT32_C(1)", "HERALD_ABI_MINOR UINT32_C(0)")
        self.assert_says("went back from 1.1 to 1.0", command="update")

    def test_what_it_does_not_understand_is_an_error(self):
        for declaration in ("enum herald_colour { HERALD_RED };", "union herald_any { int x; };",
                            "int herald_free_function(void);", "#define HERALD_TWICE(x) ((x) * 2)"):
            self.setUp()
            self.change("/* ---- Plain data", declaration + "\n/* ---- Plain data")
            self.assert_says("abi-lock: abi.h: ")

    def test_two_members_in_one_declaration_are_an_error(self):
        self.change("  uint32_t abi_major;\n  uint32_t abi_minor;\n  uint32_t reserved; /* zero */",
                    "  uint32_t abi_major, abi_minor;\n  uint32_t reserved; /* zero */")
        self.assert_says("expected `type name;`")

    def test_an_array_or_bit_field_is_an_error(self):
        self.change("  uint32_t segments;  ", "  uint32_t segments : 4;  ")
        self.assert_says("the member `uint32_t segments : 4` of herald_outcome")

    def test_headers_that_are_not_there_are_named(self):
        shutil.rmtree(self.include)
        self.assert_says("abi.h: No such file or directory; --include names")


if __name__ == "__main__":
    unittest.main()
