"""The rules themselves, each on a small tree that breaks it and on one that does not."""

import contextlib
import os
import subprocess
import sys
import tempfile
import unittest

import file_rules
import include_rules
from source_tree import SourceTree, blank_comments_and_literals, cmake_calls, SourceFile

TABLE = """# Architecture
<!-- include-table -->
| room | may include |
|---|---|
| base | nothing |
| domain | base |
| store | domain (its ports) |
| api | domain, store |
| config | the rooms' options headers |
| providers | domain, sdk |
| app, tools | all |
<!-- /include-table -->
"""


def room(name, *links, sources="a.cpp"):
    return f"herald_room(NAME {name} SOURCES {sources} LINKS {' '.join('herald::' + link for link in links)})\n"


class OnATree(unittest.TestCase):
    RULES = None

    @contextlib.contextmanager
    def tree(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                target = os.path.join(root, path)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
            yield root

    def findings(self, files):
        with self.tree(files) as root:
            return [str(finding) for finding in self.RULES.check(SourceTree(root))]

    def assert_clean(self, files):
        self.assertEqual(self.findings(files), [])

    def assert_one(self, files, where, *words):
        found = self.findings(files)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(where + ": found "), found[0])
        self.assertIn("; expected ", found[0])
        for word in words:
            self.assertIn(word, found[0])


class IncludeRules(OnATree):
    RULES = include_rules

    SOUND = {
        "ARCHITECTURE.md": TABLE,
        "host/base/clock.h": "#pragma once\n",
        "host/base/CMakeLists.txt": room("base"),
        "host/domain/channel.h": '#include "base/clock.h"\n',
        "host/domain/CMakeLists.txt": room("domain", "base"),
        "host/store/store.h": '#include "domain/channel.h"\n',
        "host/store/options.h": "#pragma once\n",
        "host/store/CMakeLists.txt": room("store", "domain"),
        "host/api/routes.cpp": '#include "store/store.h"\n#include <string>\n',
        "host/api/CMakeLists.txt": room("api", "store"),
        "host/config/load.cpp": '#include "store/options.h"\n',
        "host/config/CMakeLists.txt": room("config", "base"),
        "host/providers/guard.cpp": '#include <herald/abi.h>\n#include "domain/channel.h"\n',
        "host/providers/options.h": '#include "domain/channel.h"\n',
        "host/providers/CMakeLists.txt": room("providers", "domain", "sdk"),
        "host/app/serve.h": "#pragma once\n",
        "host/app/serve.cpp": '#include "store/store.h"\n#include "app/serve.h"\n',
        "host/app/CMakeLists.txt": room("app", "store"),
        "host/main.cpp": '#include "app/serve.h"\n',
        "sdk/include/herald/abi.h": "#include <stdint.h>\n",
        "plugins/email/mail.h": "#include <herald/abi.h>\n",
        "plugins/email/src/mail.cpp": '#include "mail.h"\n#include <nlohmann/json.hpp>\n',
    }

    def with_changes(self, **changes):
        files = dict(self.SOUND)
        for path, text in changes.get("files", {}).items():
            files[path] = text
        return files

    def assert_change(self, path, text, where, *words):
        self.assert_one(self.with_changes(files={path: text}), where, *words)

    def test_a_sound_tree_has_no_finding(self):
        self.assert_clean(self.SOUND)

    def test_a_tree_without_the_table_is_refused(self):
        self.assert_one({"host/base/a.h": "", "ARCHITECTURE.md": "# none\n"}, "ARCHITECTURE.md:1", "no include table")
        self.assert_one({"host/base/a.h": ""}, "ARCHITECTURE.md:1")

    def test_a_row_that_cannot_be_read_is_no_licence(self):
        found = self.findings({"ARCHITECTURE.md": TABLE.replace("| domain | base |", "| domain | anything; really! |"),
                               "host/base/a.h": "", "host/domain/a.h": '#include "base/a.h"\n'})
        self.assertTrue(any("anything; really!" in line for line in found), found)

    def test_a_row_may_name_only_rooms(self):
        found = self.findings({"ARCHITECTURE.md": TABLE.replace("domain, store", "domain, sore"), "host/base/a.h": ""})
        self.assertTrue(any("'sore' in the row of api" in line for line in found), found)

    def test_an_include_outside_the_table(self):
        self.assert_change("host/domain/lifecycle.cpp", '\n#include "store/options.h"\n', "host/domain/lifecycle.cpp:2",
                           "domain includes store/options.h")

    def test_an_include_in_angle_brackets_is_seen_too(self):
        found = self.findings(self.with_changes(files={"host/domain/x.cpp": "#include <store/options.h>\n"}))
        self.assertTrue(any("domain includes store/options.h" in line for line in found), found)

    def test_an_include_in_a_comment_is_none(self):
        self.assert_clean(self.with_changes(files={"host/domain/x.cpp": '// #include "store/store.h"\n'
                                                   '/*\n#include "store/store.h"\n*/\n'}))

    def test_an_include_of_a_header_that_is_not_there(self):
        self.assert_change("host/domain/x.cpp", '#include "channel.h"\n', "host/domain/x.cpp:1", '"room/file.h"')

    def test_a_room_without_a_row(self):
        self.assert_change("host/cellar/x.cpp", "", "host/cellar/x.cpp:1", "a room 'cellar'")

    def test_config_reads_options_headers_only(self):
        found = self.findings(self.with_changes(files={"host/config/x.cpp": '#include "store/store.h"\n'}))
        self.assertTrue(any(line.startswith("host/config/x.cpp:1: found config includes store/store.h")
                            for line in found), found)

    def test_config_may_name_the_types_in_options_headers(self):
        self.assert_clean(self.with_changes(files={"host/config/x.cpp": '#include "domain/channel.h"\n',
                                                   "host/config/CMakeLists.txt": room("config", "base", "domain")}))

    def test_the_sdk_only_where_the_table_says(self):
        found = self.findings(self.with_changes(files={"host/domain/x.cpp": "#include <herald/abi.h>\n"}))
        self.assertTrue(any(line.startswith("host/domain/x.cpp:1: found domain includes") for line in found), found)

    def test_an_internal_header_stays_in_its_room(self):
        self.assert_one(self.with_changes(files={"host/store/rows_internal.h": "",
                                                 "host/api/x.cpp": '#include "store/rows_internal.h"\n'}),
                        "host/api/x.cpp:1", "rows_internal.h")

    def test_a_link_outside_the_table(self):
        self.assert_change("host/domain/CMakeLists.txt", "\n" + room("domain", "base", "store"),
                           "host/domain/CMakeLists.txt:2", "domain links herald::store")

    def test_a_private_link_counts_too(self):
        self.assert_change("host/domain/CMakeLists.txt",
                           "herald_room(NAME domain SOURCES a.cpp LINKS herald::base PRIVATE herald::api)\n",
                           "host/domain/CMakeLists.txt:1", "herald::api")

    def test_a_link_that_nothing_uses(self):
        self.assert_change("host/api/CMakeLists.txt", room("api", "store", "domain"), "host/api/CMakeLists.txt:1",
                           "herald::domain")

    def test_an_include_without_its_link(self):
        self.assert_change("host/api/CMakeLists.txt", room("api", "base"), "host/api/CMakeLists.txt:1",
                           "no link to herald::store", "host/api/routes.cpp:1")

    def test_a_link_beside_the_declaration(self):
        self.assert_change("host/api/CMakeLists.txt",
                           room("api", "store") + "target_link_libraries(herald_api PUBLIC herald::app)\n",
                           "host/api/CMakeLists.txt:2", "target_link_libraries")

    def test_a_circle(self):
        table = TABLE.replace("| domain | base |", "| domain | store |")
        found = self.findings({"ARCHITECTURE.md": table, "host/domain/a.h": '#include "store/b.h"\n',
                               "host/store/b.h": '#include "domain/a.h"\n'})
        self.assertEqual(len(found), 1, found)
        self.assertIn("domain → store → domain", found[0])

    def test_third_party_headers_stay_in_their_rooms(self):
        for header in ("pistache/http.h", "boost/dll/import.hpp", "sqlite3.h", "prometheus/registry.h",
                       "nlohmann/json.hpp", "spdlog/spdlog.h", "phonenumbers/phonenumberutil.h"):
            with self.subTest(header):
                places = {"phonenumbers/phonenumberutil.h": "host/store/x.cpp"}
                place = places.get(header, "host/domain/x.cpp")
                self.assert_change(place, f"#include <{header}>\n", place + ":1", header)

    def test_a_heavy_header_in_a_public_one(self):
        self.assert_change("host/store/store.h", '#include "domain/channel.h"\n#include <sqlite3.h>\n',
                           "host/store/store.h:2", "sqlite3.h", "other rooms reach")

    def test_a_heavy_header_behind_a_public_one(self):
        self.assert_one(self.with_changes(files={"host/store/rows.h": "#include <sqlite3.h>\n",
                                                 "host/store/store.h": '#include "store/rows.h"\n'
                                                                       '#include "domain/channel.h"\n'}),
                        "host/store/rows.h:1", "sqlite3.h")

    def test_a_heavy_header_in_a_rooms_own(self):
        self.assert_clean(self.with_changes(files={"host/store/rows.h": "#include <sqlite3.h>\n",
                                                   "host/store/rows.cpp": '#include "store/rows.h"\n'}))

    def test_a_plugin_knows_nothing_of_the_host(self):
        self.assert_change("plugins/email/x.cpp", "#include <base/clock.h>\n", "plugins/email/x.cpp:1", "base/clock.h")

    def test_a_plugin_knows_nothing_of_another(self):
        self.assert_one(self.with_changes(files={"plugins/sms/sms.h": "",
                                                 "plugins/email/x.cpp": '#include "sms/sms.h"\n'}),
                        "plugins/email/x.cpp:1", "sms.h")

    def test_a_plugins_test_may_use_test_support_but_not_the_host(self):
        self.assert_clean(self.with_changes(files={"tests/support/eventually.h": "",
                                                   "plugins/email/tests/a_test.cpp":
                                                       '#include "support/eventually.h"\n'}))
        self.assert_change("plugins/email/tests/a_test.cpp", '#include "store/store.h"\n',
                           "plugins/email/tests/a_test.cpp:1", "store/store.h")

    def test_a_plugin_itself_may_not_use_test_support(self):
        self.assert_one(self.with_changes(files={"tests/support/eventually.h": "",
                                                 "plugins/email/x.cpp": '#include "support/eventually.h"\n'}),
                        "plugins/email/x.cpp:1", "eventually.h")

    def test_the_sdk_knows_nothing_of_the_host(self):
        self.assert_change("sdk/include/herald/x.h", '#include "domain/channel.h"\n', "sdk/include/herald/x.h:1")

    def test_an_sdk_header_that_is_not_there(self):
        self.assert_change("plugins/email/x.cpp", "#include <herald/gone.h>\n", "plugins/email/x.cpp:1", "gone.h")


class FileRules(OnATree):
    RULES = file_rules

    def source(self, text, path="host/store/a.cpp"):
        return {path: text, path.rsplit("/", 1)[0] + "/CMakeLists.txt": "x(" + path.rsplit("/", 1)[1] + ")\n"}

    def assert_source(self, text, line, *words, path="host/store/a.cpp"):
        self.assert_one(self.source(text, path), f"{path}:{line}", *words)

    def test_a_sound_file_has_no_finding(self):
        self.assert_clean(self.source("// Says why.\nint answer() { return 42; }\n"))

    def test_a_line_is_120_characters_at_most(self):
        self.assert_source("\n// " + "x" * 118 + "\n", 2, "121 characters")

    def test_characters_are_counted_and_not_bytes(self):
        self.assert_clean(self.source("// " + "é" * 117 + "\n"))

    def test_tabs(self):
        self.assert_source("int a;\n\tint b;\n", 2, "tab")

    def test_a_makefile_needs_tabs(self):
        self.assert_clean({"Makefile": "all:\n\ttrue\n"})

    def test_space_at_the_end_of_a_line(self):
        self.assert_source("int a; \n", 1)
        self.assert_source("int a;\r\n", 1)

    def test_the_newline_at_the_end(self):
        self.assert_source("int a;", 1, "newline")
        self.assert_source("int a;\n\n", 2, "empty line")

    def test_marks_of_unfinished_work(self):
        for mark in ("TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK"):
            self.assert_source(f"\n// {mark}: later\n", 2, mark)
        self.assert_clean(self.source('auto pattern = "herald-' + "X" * 6 + '";\n'))

    def test_paths_of_one_machine(self):
        for path in ("/wo" "rk/x", "/ro" "ot", "/ho" "me/ann/x", "/tmp/her" "ald"):
            self.assert_source(f"// see {path}\n", 1, path.split("/x")[0])
        self.assert_one({"README.md": "cd /wo" "rk\n"}, "README.md:1")
        self.assert_clean({"README.md": "GET /workers, /tmp/heralds and ${x}/ro" "ot\n"})

    def test_names_that_say_nothing(self):
        for name in ("string_util.cpp", "helpers.cpp", "common.cpp", "lane_manager.cpp", "misc.cpp"):
            found = self.findings(self.source("", f"host/store/{name}"))
            self.assertEqual(len(found), 1, found)
            self.assertIn("a name that says what is in it", found[0])
        self.assertTrue(self.findings({"host/common/CMakeLists.txt": ""}))

    def test_names_in_another_style(self):
        self.assert_source("", 1, "snake_case", path="host/store/SqliteStore.cpp")

    def test_files_that_grow_too_long(self):
        self.assert_source("int a;\n" * 401, 401, "401 lines")
        self.assert_clean(self.source("int a;\n" * 400))

    def test_banned_calls(self):
        for call in ("system(x)", "std::system (x)", "strcpy(a, b)", "sprintf(a, b)", "gets(a)", "rand()",
                     "std::rand()", "std::cout << 1", "printf(x)", "std::this_thread::sleep_for(x)", "atoi(x)",
                     "std::chrono::system_clock::now()"):
            with self.subTest(call):
                self.assert_source(f"\nauto x = {call};\n", 2)

    def test_calls_that_only_look_like_banned_ones(self):
        self.assert_clean(self.source('// rand() and system(x)\nauto a = "sprintf(x)";\nthrow std::system_error(x);\n'
                                      "auto b = snprintf(x);\nauto c = file_system(x);\nauto d = pool.rand();\n"))

    def test_the_command_line_may_print(self):
        self.assert_clean(self.source("std::cout << 1;\n", "host/tools/list.cpp"))

    def test_sleeps_in_tests(self):
        self.assert_source("usleep(5);\n", 1, "a sleep", path="tests/unit/a_test.cpp")
        self.assert_source("import time\ntime.sleep(1)\n", 2, "a sleep", path="tests/unit/a_test.py")
        self.assert_clean(self.source("sleep_for(x);  // tidy: sleeps because slowness is tested\n",
                                      path="tests/unit/a_test.cpp"))

    def test_support_may_sleep(self):
        self.assert_clean({"tests/unit/a_test.cpp": '#include "support/eventually.h"\n',
                           "tests/unit/CMakeLists.txt": "x(a_test.cpp)\n",
                           "tests/support/eventually.h": "sleep_for(x);\n"})

    def test_a_source_that_no_build_names(self):
        self.assert_one({"host/store/CMakeLists.txt": "x(b.cpp)\n", "host/store/a.cpp": ""}, "host/store/a.cpp:1",
                        "no CMakeLists.txt names")

    def test_a_source_named_in_another_folder_only(self):
        self.assert_one({"host/api/CMakeLists.txt": "x(a.cpp)\n", "host/store/a.cpp": ""}, "host/store/a.cpp:1")

    def test_a_source_named_from_above(self):
        self.assert_clean({"host/CMakeLists.txt": 'x(store/a.cpp "${CMAKE_CURRENT_SOURCE_DIR}/store/b.cpp")\n',
                           "host/store/a.cpp": "", "host/store/b.cpp": ""})

    def test_a_source_named_through_a_function(self):
        cmake = "function(one name)\n  x(${name}.cpp)\nendfunction()\none(a)\n"
        self.assert_clean({"host/store/CMakeLists.txt": cmake, "host/store/a.cpp": ""})
        self.assert_one({"host/store/CMakeLists.txt": cmake, "host/store/b.cpp": ""}, "host/store/b.cpp:1")

    def test_a_header_that_nothing_includes(self):
        self.assert_one({"host/store/a.h": ""}, "host/store/a.h:1", "nothing includes")

    def test_a_script_that_nothing_names(self):
        self.assert_one({"tests/scenario/a.py": ""}, "tests/scenario/a.py:1", "a script")
        self.assert_clean({"tests/scenario/a.py": "", "Makefile": "x:\n\tpython3 tests/scenario/a.py\n"})


class Reading(unittest.TestCase):
    def test_comments_and_literals_are_blanked_and_lines_kept(self):
        text = 'a(); // b()\n/* c()\n d() */ e("f(\\") g()"); R"x(h()\n)" i())x"; j(\'"\'); k(1\'000); l();\n'
        code = blank_comments_and_literals(text)
        self.assertEqual(code.count("\n"), text.count("\n"))
        for kept in ("a()", "e(", "j(", "k(1'000)", "l()"):
            self.assertIn(kept, code)
        for gone in ("b()", "c()", "d()", "f(", "g()", "h()", "i()"):
            self.assertNotIn(gone, code)

    def test_strings_of_python_are_no_code(self):
        file = SourceFile("a.py", 'x = "time.sleep(1)"  # time.sleep(2)\n"""\ntime.sleep(3)"""\ntime.sleep(4)\n')
        self.assertEqual([number for number, line in enumerate(file.code_lines, 1) if "sleep" in line], [4])

    def test_cmake_calls_are_read_over_lines_comments_and_brackets(self):
        text = '# room(x)\nherald_room(NAME a  # why (x)\n  SOURCES "b.cpp"\n  $<$<C:D>:e>)\n'
        file = SourceFile("CMakeLists.txt", text)
        self.assertEqual(cmake_calls(file), [("herald_room", ["NAME", "a", "SOURCES", "b.cpp", "$<$<C:D>:e>"], 2)])


class CommandLine(OnATree):
    def run_check(self, rules, files):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check.py")
        with self.tree(files) as root:
            command = [sys.executable, "-B", script, rules, root]
            return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_findings_are_printed_and_fail(self):
        done = self.run_check("files", {"host/base/a.cpp": "\tint a;\n", "host/base/CMakeLists.txt": "x(a.cpp)\n"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("host/base/a.cpp:1: found a tab; expected spaces\n", done.stdout)
        self.assertEqual(self.run_check("includes", {"host/base/a.cpp": ""}).returncode, 1)

    def test_a_clean_tree_passes(self):
        files = {"host/base/a.cpp": "", "host/base/CMakeLists.txt": room("base"), "ARCHITECTURE.md": TABLE}
        for rules in ("files", "includes"):
            done = self.run_check(rules, files)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_folder_that_is_not_the_project_does_not_pass(self):
        self.assertEqual(self.run_check("files", {"README.md": ""}).returncode, 2)
        self.assertEqual(self.run_check("nonsense", {"host/base/a.cpp": ""}).returncode, 2)


if __name__ == "__main__":
    unittest.main()
