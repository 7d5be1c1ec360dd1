"""The terminal's edge: what senders wrote shows there and does nothing.

File names and cell texts may hold escape sequences that move the cursor, rename the window or hide a line. Everything
that a command prints goes through `say`, `say_json` or the console of `terminal`, which all take their text from here.
"""

from __future__ import annotations

import sys
import unicodedata

_KEPT = "\n\t"
_PICTURES = 0x2400
"""Unicode's pictures of the control characters from 0 to 31."""
_REFUSED = {"Cc", "Cs", "Zl", "Zp"}
"""Control characters, halves of characters (names that are no UTF-8), separators of lines and paragraphs."""
_TURNING = "\u061c\u200e\u200f" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""What turns the direction of writing, so that a line reads otherwise than it is."""


def plain(text: str) -> str:
    """The text with a visible sign for each character that would do something to a terminal."""
    return "".join(map(_shown, text)) if not text.isascii() or not text.isprintable() else text


def _shown(character: str) -> str:
    if character in _KEPT or not (unicodedata.category(character) in _REFUSED or character in _TURNING):
        return character
    code = ord(character)
    return chr(_PICTURES + code) if code < 32 else "␡" if code == 127 else "�"


def say(text: str, *, is_error: bool = False) -> None:
    """Prints lines."""
    _write(plain(text) + "\n", is_error)


def say_json(text: str) -> None:
    """Prints JSON, where another sign would be another value: what is not plain is escaped."""
    escaped = (character if _shown(character) == character else f"\\u{ord(character):04x}" for character in text)
    _write("".join(escaped), False)


def _write(text: str, is_error: bool) -> None:
    stream = sys.stderr if is_error else sys.stdout
    stream.write(text)
    stream.flush()
