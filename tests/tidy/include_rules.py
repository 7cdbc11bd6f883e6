"""Who may include whom: the table of ARCHITECTURE.md against the code and the CMake links."""

import re

from source_tree import Finding, cmake_calls

TABLE_FILE = "ARCHITECTURE.md"
TABLE_BEGIN = "<!-- include-table -->"
TABLE_END = "<!-- /include-table -->"

ALL = "all"
OPTIONS = "the rooms' options headers"

# Where a third-party header may stand: folders of the project. Tests outside these folders are free.
THIRD_PARTY = {
    "pistache/": ["host/http"],
    "llhttp": ["host/http", "host/tools/bench"],
    "boost/dll": ["host/providers"],
    "valijson/": ["host/providers"],
    "sqlite3": ["host/store"],
    "prometheus/": ["host/observe"],
    "spdlog/": ["host/observe"],
    "phonenumbers/": ["host/domain"],
    "toml++/": ["host/config"],
    "CLI/": ["host/config", "host/tools"],
    "nlohmann/": ["host/api", "host/config", "host/providers", "host/observe", "host/tools", "plugins", "sdk/template",
                  "sdk/examples", "sdk/include/herald/testkit", "sdk/tests"],
    "curl/": ["plugins", "sdk/examples"],
}


class IncludeTable:
    """`allowed[room]` is ALL, OPTIONS or a set of rooms."""

    def __init__(self, allowed, findings):
        self.allowed = allowed
        self.findings = findings

    def may(self, room, other):
        allowed = self.allowed[room]
        return other in (room, "base") or allowed == ALL or (allowed != OPTIONS and other in allowed)


def read_table(tree):
    file = tree.files.get(TABLE_FILE)
    text = file.text if file else ""
    begin, end = text.find(TABLE_BEGIN), text.find(TABLE_END)
    if begin < 0 or end < begin:
        missing = Finding(TABLE_FILE, 1, "no include table", f"it between {TABLE_BEGIN} and {TABLE_END}")
        return IncludeTable({}, [missing])
    allowed, findings = {}, []
    first_line = text.count("\n", 0, begin) + 1
    for offset, line in enumerate(text[begin:end].split("\n")):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 2 or cells[0] in ("room", "") or set(cells[0]) <= {"-", ":"}:
            continue
        may = re.sub(r"\([^)]*\)", "", cells[1]).strip()
        for room in (name.strip().strip("`") for name in cells[0].split(",")):
            if may in (ALL, OPTIONS):
                allowed[room] = may
            else:
                allowed[room] = {name.strip().strip("`") for name in may.split(",")} - {"nothing", ""}
        if may.startswith("nothing"):
            for room in cells[0].split(","):
                allowed[room.strip().strip("`")] = set()
        elif may not in (ALL, OPTIONS) and not re.fullmatch(r"[a-z_`, ]+", may):
            findings.append(Finding(TABLE_FILE, first_line + offset, f"'{cells[1]}'",
                                    f"names of rooms with commas between, 'nothing', '{ALL}' or '{OPTIONS}'"))
    known = set(allowed) | {"base", "sdk"}
    for room, may in sorted(allowed.items()):
        for other in sorted(may - known if isinstance(may, set) else ()):
            findings.append(Finding(TABLE_FILE, first_line, f"'{other}' in the row of {room}", "a room that has a row"))
    return IncludeTable(allowed, findings)


def room_of(file):
    """host/<room>/…; files that stand in host/ itself hand over to the command line and may what tools may."""
    return file.parts[1] if len(file.parts) > 2 else "tools"


def room_includes(tree):
    """(file, include, room included) for every include of one of the project's own headers from host/."""
    rooms = {f.parts[1] for f in tree.cpp("host") if len(f.parts) > 2}
    for file in tree.cpp("host"):
        for include in file.includes():
            first = include.path.split("/")[0]
            if first == "herald":
                yield file, include, "sdk"
            elif include.quoted or (first in rooms and "host/" + include.path in tree.files):
                yield file, include, first


def check_rooms_are_in_the_table(tree, table):
    for file in tree.cpp("host"):
        if room_of(file) not in table.allowed:
            yield Finding(file.path, 1, f"a room '{room_of(file)}'", f"a row for it in {TABLE_FILE}'s include table")


def check_includes(tree, table):
    for file, include, other in room_includes(tree):
        room = room_of(file)
        if room not in table.allowed:
            continue
        if other == "sdk":
            if "sdk/include/" + include.path not in tree.files:
                yield Finding(file.path, include.line, f"<{include.path}>", "a header below sdk/include/")
        elif "host/" + include.path not in tree.files:
            yield Finding(file.path, include.line, f'"{include.path}"', 'a header of the host as "room/file.h"')
            continue
        elif not include.quoted:
            yield Finding(file.path, include.line, f"<{include.path}>", f'"{include.path}": quotes for the host\'s own')
        options = table.allowed[room] == OPTIONS and (
            include.path == f"{other}/options.h" or other in options_rooms(tree))
        if not options and not table.may(room, other):
            yield Finding(file.path, include.line, f"{room} includes {include.path}",
                          f"{room} to include only base and {allowed_text(table, room)} ({TABLE_FILE})")
        if include.path.endswith("_internal.h") and other != room:
            yield Finding(file.path, include.line, f'"{include.path}"', f"internal headers of {other} only inside it")


def allowed_text(table, room):
    may = table.allowed[room]
    return ", ".join(sorted(may)) or "nothing else" if isinstance(may, set) else may


def options_rooms(tree):
    """The rooms whose types stand in the options headers, such as domain::Channel."""
    return {other for file, _, other in room_includes(tree) if file.name == "options.h" and other != room_of(file)}


def links_of(tree):
    """(room, CMake file, line, linked rooms) for every herald_room() of the host."""
    for file in tree.cmake_lists():
        if file.parts[0] != "host":
            continue
        for name, arguments, line in cmake_calls(file):
            if name == "herald_room" and "NAME" in arguments:
                linked = [a[len("herald::"):] for a in arguments if a.startswith("herald::")]
                yield arguments[arguments.index("NAME") + 1], file, line, linked


def check_links(tree, table):
    links = {room: (file, line, linked) for room, file, line, linked in links_of(tree)}
    used = {}
    for file, include, other in room_includes(tree):
        known = other == "sdk" or "host/" + include.path in tree.files
        if known and include.path != f"{other}/options.h":  # an options header is plain data and needs no library
            used.setdefault(room_of(file), {})[other] = f"{file.path}:{include.line}"
    for room, (file, line, linked) in sorted(links.items()):
        if room not in table.allowed:
            yield Finding(file.path, line, f"herald_room(NAME {room})", f"a row for it in {TABLE_FILE}'s include table")
            continue
        reached = reachable(links, room)
        for other in linked:
            options = table.allowed[room] == OPTIONS and other in options_rooms(tree)
            if not options and not table.may(room, other):
                yield Finding(file.path, line, f"{room} links herald::{other}",
                              f"only base and {allowed_text(table, room)} ({TABLE_FILE})")
            elif other not in used.get(room, {}) and other != "base":
                yield Finding(file.path, line, f"{room} links herald::{other}, none of whose headers it includes",
                              "only links that are used")
        for other, where in sorted(used.get(room, {}).items()):
            if other != room and other not in reached:
                yield Finding(file.path, line, f"no link to herald::{other}", f"one, for the include at {where}")
    for file in tree.cmake_lists():
        for name, arguments, line in cmake_calls(file) if file.parts[0] == "host" else ():
            target = arguments[0] if arguments else ""
            if name == "target_link_libraries" and target.replace("herald_", "", 1) in links:
                yield Finding(file.path, line, f"target_link_libraries({target} …)", "links inside its herald_room()")


def reachable(links, room):
    reached, waiting = set(), [room]
    while waiting:
        for other in links.get(waiting.pop(), (None, 0, []))[2]:
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    return reached


def check_no_circle(tree, _table):
    edges = {}
    for file, include, other in room_includes(tree):
        room = room_of(file)
        # An options header is plain data that config reads; it makes no room depend on another.
        if other not in (room, "sdk") and include.path != f"{other}/options.h" and len(file.parts) > 2:
            edges.setdefault(room, {}).setdefault(other, (file.path, include.line))
    done = set()

    def visit(room, way):
        if room in way:
            circle = way[way.index(room):] + [room]
            path, line = edges[way[-1]][room]
            yield Finding(path, line, "a circle: " + " → ".join(circle), "rooms that include each other one way only")
        elif room not in done:
            for other in sorted(edges.get(room, {})):
                yield from visit(other, way + [room])
            done.add(room)

    for room in sorted(edges):
        yield from visit(room, [])


def third_party(path):
    """The rule that this include falls under."""
    return next((prefix for prefix in THIRD_PARTY if path.startswith(prefix)), None)


def check_third_party(tree, _table):
    for file in tree.cpp("host", "plugins", "sdk"):
        for include in file.includes():
            places = THIRD_PARTY.get(third_party(include.path))
            if places is not None and not any(file.path.startswith(place + "/") for place in places):
                yield Finding(file.path, include.line, f"<{include.path}>", "it only in " + ", ".join(places))


def check_heavy_headers(tree, _table):
    """A header that another room can reach, directly or through other headers, includes none of THIRD_PARTY."""
    reached = {}
    waiting = []
    for file, include, other in room_includes(tree):
        if other not in (room_of(file), "sdk"):
            waiting.append(("host/" + include.path, f"{file.path}:{include.line}"))
    while waiting:
        path, by = waiting.pop()
        if path in reached or path not in tree.files:
            continue
        reached[path] = by
        waiting += [("host/" + i.path, by) for i in tree.files[path].includes() if i.quoted]
    for path, by in sorted(reached.items()):
        for include in tree.files[path].includes():
            if third_party(include.path):
                yield Finding(path, include.line, f"<{include.path}> in a header that other rooms reach (from {by})",
                              "it in a .cpp file or in a header that only this room includes")


def check_sdk_and_plugins(tree, _table):
    """They know the SDK's headers, their own folder's, and libraries; of the host nothing. Their tests may use the
    project's test support and each other's."""
    for file in tree.cpp("sdk", "plugins"):
        own = "/".join(file.parts[:2]) if file.parts[0] == "plugins" else "sdk"
        if file.path.startswith("sdk/examples/") and len(file.parts) > 3:
            own = "/".join(file.parts[:3])  # an example in a folder is a project of its own
        folder = file.path.rsplit("/", 1)[0]
        is_test = "tests" in file.parts[:-1]
        for include in file.includes():
            places = [f"{folder}/{include.path}", f"{own}/{include.path}", f"{own}/src/{include.path}"]
            if is_test:
                places += [f"tests/{include.path}", f"sdk/tests/{include.path}", f"plugins/tests/{include.path}"]
            if include.path.startswith("herald/"):
                if "sdk/include/" + include.path not in tree.files:
                    yield Finding(file.path, include.line, include.path, "a header below sdk/include/")
            elif "host/" + include.path in tree.files:
                yield Finding(file.path, include.line, f"the host's {include.path}", "headers of the SDK: <herald/…>")
            elif include.quoted and not any(place in tree.files for place in places):
                yield Finding(file.path, include.line, f'"{include.path}"', f"a header of {own} or of the SDK")


RULES = (check_rooms_are_in_the_table, check_includes, check_links, check_no_circle, check_third_party,
         check_heavy_headers, check_sdk_and_plugins)


def check(tree):
    table = read_table(tree)
    findings = list(table.findings)
    if table.allowed:
        for rule in RULES:
            findings += rule(tree, table)
    return findings
