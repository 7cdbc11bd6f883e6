"""Tidiness of single files: form, names, size, calls that are banned, files that nothing uses."""

import re

from source_tree import Finding

MAX_LINE = 120
MAX_LINES = 400
CODE_SUFFIXES = (".h", ".cpp", ".c", ".py", ".cmake", ".sh")

# Written in pieces, so that this file does not find itself.
MARKERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.~}])/(?:wo" r"rk|ro" r"ot|ho" r"me/\w+|tmp/her" r"ald)(?![\w-])")
NAME_WORDS = ("util", "utils", "common", "helper", "helpers", "manager", "misc")

# Pattern, what is meant instead, and where it is allowed.
BANNED_CALLS = (
    (r"(?<![\w.>])(?:std::)?system\s*\(", "posix_spawn or std::filesystem", ()),
    (r"\b(?:std::)?(?:strcpy|strcat)\s*\(", "std::string", ()),
    (r"\bv?sprintf\s*\(", "std::to_string, to_chars or snprintf", ()),
    (r"(?<![\w.>])(?:std::)?gets\s*\(", "std::getline", ()),
    (r"(?<![\w.>])(?:std::)?s?rand\s*\(", "base::Random, injected", ()),
    (r"\b(?:std::)?(?:atoi|atol|strtok)\s*\(", "std::from_chars, which tells a fault", ()),
)
HOST_ONLY_CALLS = (
    (r"\bstd::c(?:out|err|log)\b|(?<![\w.>])(?:std::)?f?printf\s*\(|(?<![\w.>])(?:std::)?puts\s*\(",
     "the structured log (observe/log.h)", ("host/main.cpp", "host/tools/")),
    (r"\bsystem_clock::now\b", "base::Clock, injected", ("host/base/", "host/observe/")),
    (r"\bsleep_(?:for|until)\s*\(|(?<![\w.>])(?:u?sleep|nanosleep)\s*\(", "base::Wakeup, which can be woken",
     ("host/app/",)),
)
SLEEP = re.compile(r"\bsleep_(?:for|until)\s*\(|(?<![\w.>])(?:u?sleep|nanosleep)\s*\(|\btime\.sleep\s*\(")


def is_code(file):
    return file.suffix in CODE_SUFFIXES or file.name in ("CMakeLists.txt", "Makefile") or file.parts[0] == "bin"


def check_form(tree):
    for file in tree.files.values():
        if not is_code(file):
            continue
        if file.text and not file.text.endswith("\n"):
            yield Finding(file.path, len(file.lines), "no newline at the end", "one")
        if file.text.endswith("\n\n"):
            yield Finding(file.path, len(file.lines) - 1, "an empty line at the end", "none")
        for number, line in enumerate(file.lines, 1):
            if len(line) > MAX_LINE:
                yield Finding(file.path, number, f"{len(line)} characters", f"at most {MAX_LINE}")
            if "\t" in line and file.name != "Makefile":
                yield Finding(file.path, number, "a tab", "spaces")
            if line != line.rstrip(" \r"):
                yield Finding(file.path, number, "space or carriage return at the line's end", "none")


def check_markers(tree):
    for file in tree.files.values():
        for number, line in enumerate(file.lines if is_code(file) else (), 1):
            match = MARKERS.search(line)
            if match:
                yield Finding(file.path, number, match.group(), "the thing done, or nothing said")


def check_machine_paths(tree):
    for file in tree.files.values():
        for number, line in enumerate(file.lines, 1):
            match = MACHINE_PATH.search(line)
            if match:
                found = f"the path {match.group()} of one machine"
                yield Finding(file.path, number, found, "one relative to the project")


def check_names(tree):
    for file in tree.files.values():
        for part in file.parts:
            for word in re.split(r"[_\-.]", part.lower()):
                if word in NAME_WORDS:
                    yield Finding(file.path, 1, f"'{word}' in the name", "a name that says what is in it")
        if (file.is_cpp or file.suffix == ".py") and not re.fullmatch(r"[a-z0-9_]+\.[a-z]+", file.name):
            yield Finding(file.path, 1, f"the name {file.name}", "snake_case")


def check_size(tree):
    for file in tree.files.values():
        count = file.text.count("\n")
        if (file.is_cpp or file.suffix == ".py") and count > MAX_LINES:
            yield Finding(file.path, MAX_LINES + 1, f"{count} lines", f"at most {MAX_LINES}: one reason to exist each")


def check_calls(tree):
    for file in tree.cpp("host", "plugins", "sdk", "tests"):
        rules = BANNED_CALLS + (HOST_ONLY_CALLS if file.parts[0] == "host" else ())
        for number, line in enumerate(file.code_lines, 1):
            for pattern, instead, places in rules:
                match = re.search(pattern, line)
                if match and not any(file.path.startswith(place) for place in places):
                    yield Finding(file.path, number, match.group().strip(" ("), instead)


def check_sleeps(tree):
    for file in tree.files.values():
        if file.parts[0] != "tests" or file.path.startswith("tests/support/"):
            continue
        lines = file.code_lines if file.is_cpp or file.suffix == ".py" else ()
        for number, line in enumerate(lines, 1):
            if SLEEP.search(line) and not re.search(r"tidy: sleeps because \w+", file.lines[number - 1]):
                yield Finding(file.path, number, "a sleep",
                              "support/eventually.h, or '// tidy: sleeps because …' where slowness is what is tested")


def check_dead_files(tree):
    named = set()
    for file in tree.files.values():
        if file.name == "CMakeLists.txt" or file.suffix == ".cmake":
            folder = file.path[:-len(file.name)]
            named |= named_files(file.text, folder)
        elif file.parts[0] == "bin" or file.name == "Makefile":
            named |= named_files(file.text, "")
    included = {include.path.rsplit("/", 1)[-1] for file in tree.cpp("host", "plugins", "sdk", "tests")
                for include in file.includes()}
    imported = {name.rsplit(".", 1)[-1] for file in tree.files.values() if file.suffix == ".py"
                for name in re.findall(r"(?m)^\s*(?:import|from)\s+([\w.]+)", file.text)}
    for file in tree.files.values():
        if file.parts[0] not in ("host", "plugins", "tests"):
            continue
        if file.suffix == ".h" and file.name not in included:
            yield Finding(file.path, 1, "a header that nothing includes", "a use, or no file")
        elif file.suffix in (".cpp", ".c") and file.path not in named:
            yield Finding(file.path, 1, "a file that no CMakeLists.txt names", "it in a list of sources, or no file")
        elif file.suffix == ".py" and file.path not in named and file.name[:-3] not in imported:
            yield Finding(file.path, 1, "a script that neither CMake, the Makefile nor another script names", "a use")


def named_files(text, folder):
    """The paths that a build file names, from the project's root; `folder` is where it stands."""
    found = set()
    for token in re.findall(r"[\w./${}+-]+\.(?:cpp|c|py)\b", text):
        if token.startswith("${PROJECT_SOURCE_DIR}/"):
            found.add(token.split("/", 1)[1])
        elif "${" in token and not token.startswith("${CMAKE_CURRENT_SOURCE_DIR}/"):
            found |= {folder + token.split("}/", 1)[-1]}
        else:
            found.add(folder + token.replace("${CMAKE_CURRENT_SOURCE_DIR}/", ""))
    # A function of the build file that takes a name and compiles ${name}.cpp.
    for suffix in set(re.findall(r"\$\{\w+\}(\.(?:cpp|c|py))\b", text)):
        found |= {folder + word + suffix for word in re.findall(r"\w+", text)}
    return found


RULES = (check_form, check_markers, check_machine_paths, check_names, check_size, check_calls, check_sleeps,
         check_dead_files)


def check(tree):
    return [finding for rule in RULES for finding in rule(tree)]
