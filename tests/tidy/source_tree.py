"""The project's files as the rules see them, and how a rule reports."""

import collections
import io
import os
import re
import tokenize

FOLDERS = ("bin", "cmake", "host", "plugins", "sdk", "specs", "tests")
SKIPPED = ("build", "__pycache__")
CPP = (".h", ".cpp", ".c")

Include = collections.namedtuple("Include", "line path quoted")


class Finding(collections.namedtuple("Finding", "path line found expected")):
    def __str__(self):
        return f"{self.path}:{self.line}: found {self.found}; expected {self.expected}"


class SourceFile:
    """One text file; `path` is relative to the root, with slashes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.name = path.rsplit("/", 1)[-1]
        self.parts = path.split("/")
        self.suffix = os.path.splitext(self.name)[1]
        self.is_cpp = self.suffix in CPP
        self.lines = text.split("\n")
        self._code = None

    @property
    def code_lines(self):
        """The lines of C, C++ or Python with comments and literals blanked out."""
        if self._code is None:
            blank = blank_python if self.suffix == ".py" else blank_comments_and_literals
            self._code = blank(self.text).split("\n")
        return self._code

    def includes(self):
        found = []
        for number, line in enumerate(self.lines, 1):
            match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            if match and self.code_lines[number - 1].lstrip().startswith("#"):
                found.append(Include(number, match.group(2), match.group(1) == '"'))
        return found


class SourceTree:
    """All text files of the project's own folders and of its root, by path."""

    def __init__(self, root):
        self.files = {}
        for name in sorted(os.listdir(root)):
            if os.path.isfile(os.path.join(root, name)) and name != ".git":
                self._add(root, name)
        for folder in FOLDERS:
            for place, folders, names in os.walk(os.path.join(root, folder)):
                folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith("."))
                for name in sorted(names):
                    self._add(root, os.path.relpath(os.path.join(place, name), root).replace(os.sep, "/"))

    def _add(self, root, path):
        with open(os.path.join(root, path), "rb") as file:
            content = file.read()
        try:
            self.files[path] = SourceFile(path, content.decode("utf-8"))
        except UnicodeDecodeError:
            pass  # data of a test, such as a damaged library

    def cpp(self, *folders):
        """C and C++ files below these folders."""
        return [f for f in self.files.values() if f.is_cpp and f.parts[0] in folders]

    def cmake_lists(self):
        return [f for f in self.files.values() if f.name == "CMakeLists.txt"]


# What has no meaning for a rule about code: comments, string and character literals, raw ones first. A quote inside a
# number (1'000) is no literal.
_BLANKED = re.compile(
    r"""//[^\n]*(?:\\\n[^\n]*)*
      | /\*.*?\*/
      | R"(?P<mark>[^()\s\\"]{0,16})\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL | re.VERBOSE)


def blank_comments_and_literals(text):
    return _BLANKED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def blank_python(text):
    lines = text.split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type not in (tokenize.STRING, tokenize.COMMENT):
                continue
            (first, begin), (last, end) = token.start, token.end
            for row in range(first, last + 1):
                line = lines[row - 1]
                left = begin if row == first else 0
                right = end if row == last else len(line)
                lines[row - 1] = line[:left] + " " * (right - left) + line[right:]
    except (tokenize.TokenError, SyntaxError):
        return text  # not Python of this version: looked at as it stands
    return "\n".join(lines)


def cmake_calls(file):
    """Every call of a CMake file as (name in lower case, arguments, line)."""
    text = re.sub(r"(?m)(^|\s)#[^\n]*", r"\1", file.text)
    calls = []
    for match in re.finditer(r"(?m)^\s*(\w+)\s*\(", text):
        depth, at = 1, match.end()
        while at < len(text) and depth:
            depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
        arguments = re.findall(r'"(?:\\.|[^"\\])*"|[^\s"]+', text[match.end():at - 1])
        line = text.count("\n", 0, match.start(1)) + 1
        calls.append((match.group(1).lower(), [a.strip('"') for a in arguments], line))
    return calls
