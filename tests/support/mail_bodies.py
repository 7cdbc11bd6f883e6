"""Bodies and subjects that are easily damaged on their way through SMTP and MIME, from a seed."""

import random

PIECES = (
    "Hello", "Grüße aus Köln", "Здравствуйте", "你好，世界", "مرحبا", "😀👩‍👩‍👧‍👦🇪🇺", "e\u0301 combined", "=?UTF-8?B?SGk=?=",
    "=3D=", "--", "a < b & c > d", "\u00a0", "\u200b", "\ufeff", "~", "From the start", ">From", "%s%n",
    "\\r\\n", "'\"`",
)
BREAKS = ("\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\n\r", "\n.", "\r\n.\r\n", "\n..\n", "\r\n.", " \n",
          "\t\r\n", "\u2028")
ENDS = ("", "\n", "\r\n", "\r\n.\r\n", "\n.\n", "\r\n.", ".", " ", "\t", "  \n \n", "\r", "\n\n\n")
SHAPES = ("short", "dots", "long line", "mixed", "html", "wide")
WORDS = ("Invoice", "für", "Привет", "😀", "你好", "a" * 60, "=?", "?=", "\"quoted\"", "<b>",
         "(comment)", "tab-free", "12:30")


def body_of(seed):
    """A body of one of SHAPES; it is never blank."""
    chance = random.Random(seed)
    shape = SHAPES[seed % len(SHAPES)]
    end = chance.choice(ENDS)
    if shape == "short":
        return chance.choice(PIECES) + f" {seed}" + end
    if shape == "dots":
        return "".join(f"{'.' * chance.randint(0, 3)}{chance.choice(('', 'line'))}{chance.choice(BREAKS)}"
                       for _ in range(30)) + f"dots {seed}" + end
    if shape == "long line":
        return chance.choice(("x", "ü", "😀", ". ", "= ")) * chance.randint(1_000, 20_000) + f"{seed}" + end
    if shape == "html":
        return (f"<!DOCTYPE html>\r\n<html><body><p class=\"a\">{chance.choice(PIECES)} &amp; {seed}</p>\n"
                f"<!-- . --><a href='https://example.com/?a=1&amp;b={seed}'>link</a><br>.\r\n.</body></html>") + end
    if shape == "wide":
        return "".join(chr(chance.choice((chance.randint(0x20, 0x7E), chance.randint(0xA0, 0xD7FF),
                                          chance.randint(0x1F300, 0x1F6FF)))) for _ in range(500)) + f"{seed}" + end
    return chance.choice(("", ".", "\r\n", " \n")) + "".join(
        chance.choice(PIECES) + chance.choice(BREAKS) for _ in range(40)) + f"{seed}" + end


def subject_of(seed):
    """None, the empty one, ASCII, long and in many scripts."""
    chance = random.Random(seed)
    if seed % 11 == 0:
        return None
    if seed % 11 == 1:
        return ""
    return chance.choice((" ", "  ", "")).join(chance.choice(WORDS) for _ in range(chance.randint(1, 40))) + f" {seed}"
