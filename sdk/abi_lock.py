#!/usr/bin/env python3
"""What the plugin ABI is, written down, and whether a change of it is covered by its version.

  abi_lock.py check  [--include DIR] [--lock FILE]   the headers against the lock; 1 when they differ
  abi_lock.py update [--include DIR] [--lock FILE]   writes the lock anew, unless the version does not cover the change

Names, types and signatures are read from the headers' text; sizes, offsets and values are the compiler's own. A line
of the headers that is not understood is an error: nothing of the contract can escape the lock.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEADERS = ("abi.h", "abi_inbound.h")
# Not part of what the two sides agree on: the version itself stands apart, and the rest is spelling for compilers.
NO_CONSTANTS = {"HERALD_ABI_H", "HERALD_ABI_INBOUND_H", "HERALD_ABI_MAJOR", "HERALD_ABI_MINOR", "HERALD_SDK_VERSION",
                "HERALD_EXPORT"}
PREAMBLE = ("# The plugin ABI as compilers lay it out on a 64-bit machine. Written by `make abi-lock`, never by hand.\n"
            "# The headers are held against it: a change needs a higher minor version, a break a higher major one.\n")


class Unreadable(Exception):
    pass


# ---- Reading the headers ---------------------------------------------------------------------------------------------

def plain(text):
    """One line, with one spelling for white space and pointers."""
    text = re.sub(r"\s+", " ", text.strip())
    text = re.sub(r"\s*\*\s*", "* ", text)
    return re.sub(r"\s*([(),;{}\[\]])\s*", r"\1", text.replace("* *", "**")).strip()


def parameter_type(text):
    text = plain(text)
    match = re.fullmatch(r"(.+[\s*])(\w+)", text)
    if text == "void":
        return text
    if not match:
        raise Unreadable(f"the parameter `{text}`: expected a type and a name")
    return match.group(1).strip()


def signature(result, parameters):
    return f"{plain(result)} ({', '.join(parameter_type(p) for p in parameters.split(','))})"


def members_of(name, body):
    found = []
    for declaration in (part.strip() for part in body.split(";")):
        if not declaration:
            continue
        function = re.fullmatch(r"([\w\s*]+?)\(\s*\*\s*(\w+)\s*\)\s*\(([^()]*)\)", declaration)
        data = re.fullmatch(r"([\w\s*]+[\s*])(\w+)", declaration)
        if function:
            found.append((function.group(2), signature(function.group(1), function.group(3))))
        elif data:
            found.append((data.group(2), plain(data.group(1))))
        else:
            raise Unreadable(f"the member `{plain(declaration)}` of {name}: expected `type name;` or a function's "
                             "pointer, one in each declaration")
    return found


class Contract:
    """Every declaration of the headers, by name."""

    def __init__(self, include):
        self.structs, self.functions, self.constants = {}, {}, []
        for header in HEADERS:
            try:
                self._read((include / "herald" / header).read_text(encoding="utf-8"), header)
            except OSError as error:
                raise Unreadable(f"{error.filename}: {error.strerror}; --include names the folder that holds herald/"
                                 ) from error

    def _read(self, text, header):
        text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S).replace("\\\n", " ")
        for line in re.findall(r"(?m)^\s*#\s*define\s+(.*)$", text):
            name = re.match(r"\w+", line).group()
            if line[len(name):].startswith("("):
                raise Unreadable(f"{header}: the macro {name} takes arguments; the lock knows constants only")
            if name not in NO_CONSTANTS:
                self.constants.append(name)
        text = re.sub(r"(?m)^\s*#.*$", "", text)
        text = re.sub(r'extern\s+"C"\s*\{(.*)\}\s*$', r"\1", text.strip(), flags=re.S)
        text = self._take(r"typedef\s+struct\s+(\w+)\s*\{([^{}]*)\}\s*(\w+)\s*;", text, self._add_struct)
        text = self._take(r"typedef\s+([\w\s*]+?)\(\s*\*\s*(\w+)\s*\)\s*\(([^()]*)\)\s*;", text, lambda m:
                          self.functions.update({m.group(2): signature(m.group(1), m.group(3))}))
        text = self._take(r"typedef\s+([\w\s]+\*+)\s*(\w+)\s*;", text, lambda m:
                          self.functions.update({m.group(2): plain(m.group(1))}))
        text = self._take(r"static\s+inline\s+[\w\s*]+?(\w+)\s*\([^()]*\)\s*\{[^{}]*\}", text, lambda m:
                          self.functions.update({m.group(1): plain(m.group())}))
        if text.strip():
            raise Unreadable(f"{header}: `{plain(text)[:100]}` is nothing that the lock knows; teach sdk/abi_lock.py")

    @staticmethod
    def _take(pattern, text, add):
        def taken(match):
            add(match)
            return " "
        return re.sub(pattern, taken, text, flags=re.S)

    def _add_struct(self, match):
        if match.group(1) != match.group(3):
            raise Unreadable(f"struct {match.group(1)} is also called {match.group(3)}; one name")
        self.structs[match.group(1)] = members_of(match.group(1), match.group(2))


# ---- Asking the compiler ---------------------------------------------------------------------------------------------

def measuring_program(contract):
    lines = ["#include <stdio.h>", "#include <herald/abi.h>",
             '#define VALUE(x) _Generic((x), int32_t: "int32_t", uint32_t: "uint32_t", char*: "text", '
             'const char*: "text")',
             "static void number(const char* n, const char* t, long long v) {",
             '  printf("constant %s %s = %lld\\n", n, t, v);', "}",
             'static void text(const char* n, const char* v) { printf("constant %s text = %s\\n", n, v); }',
             "int main(void) {",
             '  printf("abi %u.%u\\n", (unsigned)HERALD_ABI_MAJOR, (unsigned)HERALD_ABI_MINOR);']
    for name in sorted(contract.constants):
        lines.append(f'  if (VALUE({name})[0] == \'t\') text("{name}", (const char*)(intptr_t)({name}));')
        lines.append(f'  else number("{name}", VALUE({name}), (long long)(intptr_t)({name}));')
    for name, members in sorted(contract.structs.items()):
        lines.append(f'  printf("struct {name} size %zu\\n", sizeof({name}));')
        for member, kind in members:
            lines.append(f'  printf("  %zu %zu {member}: {kind}\\n", offsetof({name}, {member}), '
                         f"sizeof((({name}*)0)->{member}));")
    for name, kind in sorted(contract.functions.items()):
        lines.append(f'  printf("type {name}: %s\\n", "{kind}");')
    return "\n".join(lines + ["  return 0;", "}", ""])


def describe(include):
    program = measuring_program(Contract(include))
    with tempfile.TemporaryDirectory() as folder:
        source, binary = pathlib.Path(folder, "measure.c"), pathlib.Path(folder, "measure")
        source.write_text(program, encoding="utf-8")
        compiler = os.environ.get("CC", "cc").split()
        built = subprocess.run(compiler + ["-std=c11", "-w", f"-I{include}", "-o", str(binary), str(source)],
                               capture_output=True, text=True, check=False)
        if built.returncode != 0:
            raise Unreadable(f"{compiler[0]} does not take the headers:\n{built.stderr}")
        return PREAMBLE + subprocess.run([str(binary)], capture_output=True, text=True, check=True).stdout


# ---- Judging a change ------------------------------------------------------------------------------------------------

class Lock:
    """`structs[name]` is (size, {member: (offset, size, type)}); `others` are constants and types by name."""

    def __init__(self, text):
        self.version, self.structs, self.others = None, {}, {}
        struct = None
        for line in (line for line in text.splitlines() if line and not line.startswith("#")):
            if match := re.fullmatch(r"abi (\d+)\.(\d+)", line):
                self.version = (int(match.group(1)), int(match.group(2)))
            elif match := re.fullmatch(r"struct (\w+) size (\d+)", line):
                struct = {}
                self.structs[match.group(1)] = (int(match.group(2)), struct)
            elif match := re.fullmatch(r"  (\d+) (\d+) (\w+): (.+)", line):
                struct[match.group(3)] = (int(match.group(1)), int(match.group(2)), match.group(4))
            elif match := re.fullmatch(r"(constant|type) (\w+):? (.+)", line):
                self.others[match.group(2)] = f"{match.group(3)}"
            else:
                raise Unreadable(f"the lock's line `{line}`; write it anew with `make abi-lock`")
        if self.version is None:
            raise Unreadable("the lock names no ABI version; write it anew with `make abi-lock`")


def compare(old, new):
    """(breaks, additions), each a list of sentences."""
    breaks, additions = [], []
    for name, value in old.others.items():
        if name not in new.others:
            breaks.append(f"{name} is gone (it was `{value}`)")
        elif new.others[name] != value:
            breaks.append(f"{name} was `{value}` and is `{new.others[name]}`")
    additions += [f"{name} is new" for name in new.others if name not in old.others]
    for name, (size, members) in old.structs.items():
        if name not in new.structs:
            breaks.append(f"struct {name} is gone")
            continue
        compare_struct(name, (size, members), new.structs[name], breaks, additions)
    additions += [f"struct {name} is new" for name in new.structs if name not in old.structs]
    return breaks, additions


def shown(member):
    return f"`{member[2]}`, {member[1]} bytes at offset {member[0]}"


def compare_struct(name, old, new, breaks, additions):
    (old_size, old_members), (new_size, new_members) = old, new
    fresh = {member: place for member, place in new_members.items() if member not in old_members}
    for member, place in old_members.items():
        heir = next((m for m, p in fresh.items() if p == place), None)
        if member in new_members:
            if new_members[member] != place:
                breaks.append(f"{name}.{member} was {shown(place)} and is {shown(new_members[member])}")
        elif member.startswith("reserved") and heir:
            # It was zero until now, and zero is what an absent member counts as.
            additions.append(f"{name}.{member} is now {heir}")
            del fresh[heir]
        else:
            breaks.append(f"{name}.{member} is gone (it was {shown(place)})")
    for member, place in fresh.items():
        if "struct_size" not in old_members:
            breaks.append(f"{name}.{member} is new, but {name} has no struct_size and so can never grow")
        elif place[0] < old_size:
            breaks.append(f"{name}.{member} is new at offset {place[0]}, inside the {old_size} bytes that the struct "
                          "had; new members go behind its end")
        else:
            additions.append(f"{name}.{member} is appended: {shown(place)}")
    if new_size < old_size:
        breaks.append(f"{name} has shrunk from {old_size} to {new_size} bytes")
    elif new_size > old_size and not fresh:
        breaks.append(f"{name} has grown from {old_size} to {new_size} bytes without a new member")


def verdict(old, new):
    """Why the version does not cover the change, or None."""
    breaks, additions = compare(old, new)
    major, minor = old.version
    changes = "".join(f"\n  breaks   {text}" for text in breaks) + "".join(f"\n  appends  {text}" for text in additions)
    if new.version < old.version:
        return f"the version went back from {major}.{minor} to {new.version[0]}.{new.version[1]}; it only rises"
    if breaks and new.version[0] == major:
        return (f"plugins that were built for ABI {major}.{minor} would break:{changes}\n"
                f"Undo it, and append members instead; or, if it must be, raise HERALD_ABI_MAJOR to {major + 1} and "
                "set HERALD_ABI_MINOR to 0, and run `make abi-lock`.")
    if additions and new.version == old.version:
        return (f"the ABI has grown, and is still called {major}.{minor}:{changes}\n"
                f"Raise HERALD_ABI_MINOR to {minor + 1} in sdk/include/herald/abi.h, and run `make abi-lock`.")
    return None


def check(text, lock_file):
    locked = lock_file.read_text(encoding="utf-8")
    if locked == text:
        return None
    old, new = Lock(locked), Lock(text)
    if fault := verdict(old, new):
        return fault
    breaks, additions = compare(old, new)
    changes = "".join(f"\n  {line}" for line in breaks + additions)
    return (f"sdk/abi.lock is of ABI {old.version[0]}.{old.version[1]}, the headers are of "
            f"{new.version[0]}.{new.version[1]}:{changes}\nThe version covers the change. Run `make abi-lock`, and "
            "commit the lock with the headers.")


def update(text, lock_file):
    if lock_file.exists():
        if fault := verdict(Lock(lock_file.read_text(encoding="utf-8")), Lock(text)):
            return fault
    lock_file.write_text(text, encoding="utf-8")
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("check", "update"))
    parser.add_argument("--include", type=pathlib.Path, default=HERE / "include")
    parser.add_argument("--lock", type=pathlib.Path, default=HERE / "abi.lock")
    arguments = parser.parse_args()
    try:
        text = describe(arguments.include)
        fault = (check if arguments.command == "check" else update)(text, arguments.lock)
    except (Unreadable, OSError) as error:
        fault = str(error)
    if fault:
        print(f"abi-lock: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
