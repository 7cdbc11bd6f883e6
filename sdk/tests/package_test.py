"""The installed SDK, in a folder with a space in its name, builds plugins outside of the tree that a host can load.

Arguments: the way (find_package or pkg-config), the compiler, the build tree, the program herald.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

WAY, COMPILER, BUILD, HERALD = sys.argv[1:5]
SDK = Path(__file__).resolve().parents[1]
LANGUAGE = "c" if re.search(r"(gcc|clang)[-\d]*$", COMPILER) else "c++"
# What the manual tells an author without CMake.
FLAGS = {"c": "-std=c11", "c++": "-std=c++17"}[LANGUAGE] + (" -fno-gnu-unique" if COMPILER == "g++" else "")
SOURCE = {"c": SDK / "examples" / "discard.c", "c++": SDK / "tests" / "unique.cpp"}[LANGUAGE]
SYSTEM_LIBRARIES = {"libc.so.6", "libstdc++.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2",
                    "ld-linux-aarch64.so.1"}


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def install(folder):
    """The SDK below `folder`, moved once after its installation; its prefix."""
    run(["cmake", "--install", BUILD, "--component", "sdk", "--prefix", str(folder / "first prefix")])
    prefix = folder / "a prefix"
    (folder / "first prefix").rename(prefix)
    return prefix


def by_find_package(folder, prefix):
    project = folder / "my plugin"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\nproject(mine LANGUAGES CXX)\nfind_package(HeraldSdk 0.1 REQUIRED)\n"
        f'herald_add_plugin(mine SOURCES "{SOURCE}")\n', encoding="utf-8")
    run(["cmake", "-S", str(project), "-B", str(project / "build"), f"-DCMAKE_PREFIX_PATH={prefix}",
         f"-DCMAKE_CXX_COMPILER={COMPILER}"])
    run(["cmake", "--build", str(project / "build")])
    return project / "build" / "mine.so"


def by_pkg_config(folder, prefix):
    packages = next(prefix.rglob("herald-sdk.pc")).parent
    plugin = folder / "mine.so"
    flags = run(["pkg-config", "--cflags", "--libs", "herald-sdk"],
                env={**os.environ, "PKG_CONFIG_PATH": str(packages)})
    # As a shell's `eval` takes it apart: the prefix has a space in it.
    run(["sh", "-euc", f'eval "$1 {FLAGS} -shared -o \\"\\$2\\" \\"\\$3\\" $4"', "sh", COMPILER, str(plugin),
         str(SOURCE), flags])
    return plugin


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="herald-package-")
        cls.folder = Path(cls.scratch.name)
        cls.prefix = install(cls.folder)
        build = {"find_package": by_find_package, "pkg-config": by_pkg_config}[WAY]
        cls.plugin = build(cls.folder, cls.prefix)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_holds_headers_testkit_template_examples_and_manual(self):
        for path in ("include/herald/provider.h", "include/herald/testkit/plugin_under_test.h",
                     "share/herald/sdk/README.md", "share/herald/sdk/template/provider.cpp",
                     "share/herald/sdk/template/.gitignore", "share/herald/sdk/examples/discard.c"):
            self.assertTrue((self.prefix / path).is_file(), path)

    def test_says_nothing_of_the_folder_in_which_it_was_built(self):
        for file in self.prefix.rglob("*"):
            if file.suffix in (".cmake", ".pc", ".map"):
                text = file.read_text(encoding="utf-8")
                for place in (str(SDK.parent), BUILD, "first prefix"):
                    self.assertNotIn(place, text, file)

    def test_exports_the_entry_alone(self):
        defined = run(["nm", "-D", "--defined-only", "--format=posix", str(self.plugin)])
        self.assertEqual([line.split()[0] for line in defined.splitlines()], ["herald_plugin_entry"])

    def test_shares_no_unique_symbol_with_another_plugin(self):
        symbols = run(["readelf", "--wide", "--symbols", str(self.plugin)])
        self.assertIn("herald_plugin_entry", symbols)
        self.assertNotIn(" UNIQUE ", symbols)

    def test_needs_nothing_but_the_languages_own_libraries(self):
        dynamic = run(["readelf", "--wide", "--dynamic", str(self.plugin)])
        needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
        self.assertLessEqual(needed, SYSTEM_LIBRARIES)
        undefined = run(["nm", "-D", "--undefined-only", "--with-symbol-versions", str(self.plugin)])
        bare = [line.split()[1] for line in undefined.splitlines() if line.split()[0] == "U" and "@" not in line]
        self.assertEqual(bare, [], "each undefined symbol has the version of a library that has it")

    def test_is_bound_at_once_within_itself_and_without_a_stack_that_runs(self):
        dynamic = run(["readelf", "--wide", "--dynamic", str(self.plugin)])
        self.assertRegex(dynamic, r"\(SYMBOLIC\)|FLAGS.*SYMBOLIC")
        self.assertRegex(dynamic, r"BIND_NOW|FLAGS_1.*NOW")
        segments = run(["readelf", "--wide", "--segments", str(self.plugin)])
        self.assertIn("GNU_RELRO", segments)
        self.assertNotRegex(segments, r"GNU_STACK.*RWE")
        self.assertRegex(segments, r"GNU_STACK.*RW")

    def test_refuses_to_link_what_has_an_unresolved_symbol(self):
        flags = run(["pkg-config", "--libs", "herald-sdk"],
                    env={**os.environ, "PKG_CONFIG_PATH": str(next(self.prefix.rglob("herald-sdk.pc")).parent)})
        source = self.folder / "unresolved.c"
        source.write_text("void nowhere(void); void herald_plugin_entry(void) { nowhere(); }\n", encoding="utf-8")
        with self.assertRaisesRegex(AssertionError, "nowhere"):
            run(["sh", "-euc", 'eval "gcc -fPIC -shared -o \\"\\$1\\" \\"\\$2\\" $3"', "sh",
                 str(self.folder / "unresolved.so"), str(source), flags])

    def test_is_loaded_by_the_host(self):
        folder = self.folder / "plugins"
        folder.mkdir()
        (folder / "mine.so").write_bytes(self.plugin.read_bytes())
        listed = json.loads(run([HERALD, "plugin", "list", "--json", "--plugin-dir", str(folder)]))["items"]
        self.assertEqual([item["state"] for item in listed], ["active"], listed)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
