"""Whether an answer is the one that a page shows: the same but for ids, times, cursors and durations.

A shown id stands for whatever id came in its place, from there on to the end of the page, also in commands. `// …` in
shown JSON, and `…` on a line of its own in shown text, stand for anything further.
"""

import json
import re

MORE = "…"
MARK = re.compile(r"// …\s*$")
# A message's id, an RFC 3339 time, a request's id: what differs from one run to the next.
TOKEN = re.compile(r"(?P<id>\b[0-9A-HJKMNP-TV-Z]{13}\b)"
                   r"|(?P<time>\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"
                   r"|(?P<request>\b[0-9a-f]{16}\b)")
NUMBERS_DIFFER = ("retry-after", "ratelimit")


class Bindings:
    """What the page's ids and cursors stand for in this run."""

    def __init__(self, known=None):
        self._known = dict(known or {})

    def copy(self):
        return Bindings(self._known)

    def agree(self, shown, given):
        """Binds on the first meeting; afterwards the same must come, and for one shown thing only."""
        if shown in self._known:
            return self._known[shown] == given
        if given in self._known.values():
            return False
        self._known[shown] = given
        return True

    def applied(self, text):
        for shown, given in self._known.items():
            text = text.replace(shown, given)
        return text


def documents(text):
    """The JSON documents of a shown block, one behind the other, with MORE where it says `// …`."""
    plain = marked(text).strip()
    decoder = json.JSONDecoder()
    found = []
    while plain:
        document, end = decoder.raw_decode(plain)
        found.append(document)
        plain = plain[end:].strip()
    return found


def marked(text):
    """`// …` written as JSON: a member of an object, an element of an array."""
    out = ""
    for line in text.splitlines():
        mark = MARK.search(line)
        if not mark:
            out += line + "\n"
            continue
        out = (out + line[:mark.start()]).rstrip()
        comma = "" if out.endswith(("{", "[", ",")) else ","
        out += comma + (f'"{MORE}": "{MORE}"' if innermost(out) == "{" else f'"{MORE}"') + "\n"
    return out


def innermost(json_text):
    """The bracket that is open at the end of this beginning of a document."""
    opened = []
    for bracket in re.findall(r'"(?:\\.|[^"\\])*"|[\[\]{}]', json_text):
        if bracket in "[{":
            opened.append(bracket)
        elif bracket in "]}":
            opened.pop()
    return opened[-1]


def differences(shown, given, bindings, where="the answer"):
    """What in `given` is other than shown; binds ids on the way."""
    if isinstance(shown, dict) and isinstance(given, dict):
        return of_objects(shown, given, bindings, where)
    if isinstance(shown, list) and isinstance(given, list):
        return of_lists(shown, given, bindings, where)
    name = where.rsplit(".", 1)[-1]
    if name.endswith("_ms") and isinstance(given, (int, float)) and isinstance(shown, (int, float)):
        return []
    if isinstance(shown, str) and isinstance(given, str):
        same = bindings.agree(shown, given) if name.endswith("cursor") else same_text(shown, given, bindings)
        return [] if same else [f"{where} is {given!r}, the page shows {shown!r}"]
    if type(shown) is type(given) and shown == given:
        return []
    return [f"{where} is {given!r}, the page shows {shown!r}"]


def of_objects(shown, given, bindings, where):
    found = []
    for name, value in shown.items():
        if name == MORE:
            continue
        if name not in given:
            found.append(f"{where} has no {name}, which the page shows")
        else:
            found += differences(value, given[name], bindings, f"{where}.{name}")
    if MORE not in shown:
        found += [f"{where} has {name}, which the page does not show" for name in given if name not in shown]
    return found


def of_lists(shown, given, bindings, where):
    is_open = bool(shown) and shown[-1] == MORE
    expected = shown[:-1] if is_open else shown
    if len(given) < len(expected) or (len(given) > len(expected) and not is_open):
        return [f"{where} has {len(given)} elements, the page shows {len(expected)}{' or more' if is_open else ''}"]
    found = []
    for index, (one, other) in enumerate(zip(expected, given)):
        found += differences(one, other, bindings, f"{where}[{index}]")
    return found


def same_text(shown, given, bindings):
    """Equal, but that an id stands for an id, a time for a time."""
    shown_parts, given_parts = split(shown), split(given)
    if len(shown_parts) != len(given_parts):
        return False
    for (kind, one), (other_kind, other) in zip(shown_parts, given_parts):
        if kind != other_kind:
            return False
        if kind is None and one != other:
            return False
        if kind in ("id", "request") and not bindings.agree(one, other):
            return False
    return True


def split(text):
    parts, at = [], 0
    for match in TOKEN.finditer(text):
        parts.append((None, text[at:match.start()]))
        parts.append((match.lastgroup, match.group()))
        at = match.end()
    parts.append((None, text[at:]))
    return parts


def of_json(shown, given, bindings):
    try:
        came = documents(given)
    except ValueError:
        return [f"no JSON came, but {given[:500]!r}"]
    return differences(documents(shown), came, bindings)


def of_text(shown, given, bindings):
    expected, came = shown.strip().splitlines(), given.strip().splitlines()
    if MORE not in expected and len(expected) != len(came):
        return [f"{len(came)} lines came, the page shows {len(expected)}: {given[:2000]!r}"]
    at = 0
    skipping = False
    for line in expected:
        if line.strip() == MORE:
            skipping = True
            continue
        while skipping and at < len(came) and not same_text(line, came[at], bindings.copy()):
            at += 1
        if at == len(came) or not same_text(line, came[at], bindings):
            return [f"the page shows the line {line!r}; what came is {given[:2000]!r}"]
        at += 1
        skipping = False
    return [] if skipping or at == len(came) else [f"more came than the page shows: {came[at:]}"]


def of_http(shown, given, bindings):
    """Status line, the shown fields, and the body; fields that the page does not show do not matter."""
    shown_head, _, shown_body = shown.partition("\n\n")
    given_head, _, given_body = given.replace("\r\n", "\n").partition("\n\n")
    status, *fields = shown_head.splitlines()
    if given_head.splitlines()[:1] != [status]:
        return [f"the answer begins {given[:200]!r}, the page shows {status!r}"]
    came = {}
    for line in given_head.splitlines()[1:]:
        name, _, value = line.partition(":")
        came[name.strip().lower()] = value.strip()
    found = []
    for field in fields:
        name, _, value = field.partition(":")
        name, value = name.strip().lower(), value.strip()
        other = came.get(name)
        numbers = name.startswith(NUMBERS_DIFFER)
        if other is None or not same_text(without_numbers(value) if numbers else value,
                                          without_numbers(other) if numbers else other, bindings):
            found.append(f"the field {name} is {other!r}, the page shows {value!r}")
    if shown_body.strip():
        found += of_json(shown_body, given_body, bindings)
    return found


def without_numbers(text):
    return re.sub(r"\d+", "0", text)


OF = {"json": of_json, "jsonc": of_json, "text": of_text, "http": of_http}
