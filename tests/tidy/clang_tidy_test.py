"""That what clang-tidy found clean is read again when, and only when, something changed that its reading rests on."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CLEAN = "int* nothing() { return nullptr; }\n"
DIRTY = "int* nothing() { return 0; }\n"
CONFIGURATION = "Checks: '-*,modernize-use-nullptr'\nWarningsAsErrors: '*'\nHeaderFilterRegex: '.*'\n"


class ClangTidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = os.path.realpath(folder.name)
        self.script = self.path("tests/tidy/clang_tidy.py")
        os.makedirs(os.path.dirname(self.script))
        shutil.copy(os.path.join(HERE, "clang_tidy.py"), self.script)
        self.write(".clang-tidy", CONFIGURATION)
        self.write("host/a.h", "#pragma once\n")
        self.write("host/a.cpp", '#include "a.h"\n' + CLEAN)
        self.write("sdk/b.cpp", CLEAN)
        self.commands("-std=c++20")

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def commands(self, flag):
        self.write("build/compile_commands.json", json.dumps([
            {"directory": self.path("build"), "file": self.path(name),
             "command": f"clang++-14 {flag} -o {name}.o -c {self.path(name)}"}
            for name in ("host/a.cpp", "sdk/b.cpp")]))

    def run_over(self, *paths):
        return subprocess.run([sys.executable, "-B", self.script, self.path("build"), *paths], capture_output=True,
                              text=True, check=False)

    def assert_clean(self, known, of):
        told = self.run_over("host", "sdk")
        self.assertEqual(told.returncode, 0, told.stdout + told.stderr)
        self.assertIn(f"{known} of {of} files are known to be clean", told.stdout)

    def assert_dirty(self, where, *paths):
        told = self.run_over(*(paths or ("host", "sdk")))
        self.assertEqual(told.returncode, 1, told.stdout + told.stderr)
        self.assertIn(self.path(where), told.stdout)
        self.assertIn("[modernize-use-nullptr", told.stdout)

    def test_reads_everything_at_first_and_nothing_that_stands_as_it_stood(self):
        self.assert_clean(0, 2)
        self.assert_clean(2, 2)

    def test_finds_again_what_is_not_mended(self):
        self.write("sdk/b.cpp", DIRTY)
        self.assert_dirty("sdk/b.cpp")
        self.assert_dirty("sdk/b.cpp")

    def test_reads_a_changed_source_again(self):
        self.assert_clean(0, 2)
        self.write("sdk/b.cpp", DIRTY)
        self.assert_dirty("sdk/b.cpp")
        self.write("sdk/b.cpp", CLEAN)
        self.assert_clean(2, 2)

    def test_reads_again_what_includes_a_changed_header(self):
        self.assert_clean(0, 2)
        self.write("host/a.h", "#pragma once\ninline " + DIRTY.replace("nothing", "inlined"))
        self.assert_dirty("host/a.h")

    def test_reads_again_when_its_configuration_changes_or_a_nearer_one_appears(self):
        self.write("host/.clang-tidy", "Checks: '-*,modernize-use-override'\nWarningsAsErrors: '*'\n")
        self.write("host/a.cpp", DIRTY)
        self.assert_clean(0, 2)
        self.write("host/.clang-tidy", CONFIGURATION)
        self.assert_dirty("host/a.cpp")
        self.write("sdk/.clang-tidy", CONFIGURATION)
        self.write("host/a.cpp", CLEAN)
        self.assert_clean(0, 2)

    def test_reads_again_what_is_compiled_otherwise(self):
        self.assert_clean(0, 2)
        self.commands("-std=c++17")
        self.assert_clean(0, 2)

    def test_takes_what_does_not_compile_for_unclean_each_time(self):
        self.write("sdk/b.cpp", "#include <no_such_header>\n")
        for _ in range(2):
            told = self.run_over("sdk")
            self.assertEqual(told.returncode, 1)
            self.assertIn("no_such_header", told.stdout)

    def test_reads_only_below_the_paths_asked_for(self):
        self.write("sdk/b.cpp", DIRTY)
        self.assertEqual(self.run_over("host").returncode, 0)
        self.assert_dirty("sdk/b.cpp", "sdk")

    def test_refuses_paths_below_which_nothing_is_compiled(self):
        told = self.run_over("hsot")
        self.assertEqual(told.returncode, 1)
        self.assertIn("compiles nothing below hsot", told.stderr)


if __name__ == "__main__":
    unittest.main()
