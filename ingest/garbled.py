"""Chinese text that was read in the wrong encoding, and which: what can be said of a file whose header is rubbish.

For texts in which no header was found. Single cells that lost their characters are `values.text`. Ends at a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_LOST = re.compile("锟斤拷|烫烫|屯屯|\ufffd")
_MISREAD = (("cp1252", "utf-8", "UTF-8"), ("gb18030", "utf-8", "UTF-8"), ("cp1252", "gb18030", "GBK"))
"""What was taken for the encoding, what it was, and its name for the sender. UTF-8 comes first: nothing is UTF-8 by
chance, and its bytes in pairs are GBK's."""
_FEWEST = 4
"""Of fewer characters nothing can be said."""
_SHARE = 0.8
"""Of the characters that Big5 gives, so many must be among its 5,401 common ones, and of those that GBK gives a third
no common ones: GBK text taken for Big5 gives few of the first, Big5 text taken for GBK many of the second."""


def told(cells: Iterable[str]) -> str | None:
    """How the texts came to be rubbish, in Chinese; null where they are not."""
    foreign = [cell for cell in cells if not cell.isascii()]
    if any(map(_LOST.search, foreign)):
        return "汉字已经变成“锟斤拷”“烫烫烫”或“�”一类的字符，原来的字在这份文件里找不回来。"
    for taken_for, encoding, name in _MISREAD:
        if any(_is_chinese(_as(cell, taken_for, encoding)) for cell in foreign):
            return f"原文是 {name} 编码，曾按别的编码打开并保存。"
    if _is_big5(foreign):
        return "文件是繁体中文的 Big5 编码，系统只读 UTF-8 和 GBK（GB18030）。"
    return None


def _as(cell: str, taken_for: str, encoding: str) -> str:
    """The text that the bytes behind a misread one give; empty where they give none."""
    try:
        return b"".join(_byte(char, taken_for) for char in cell).decode(encoding)
    except UnicodeError:
        return ""


def _byte(char: str, encoding: str) -> bytes:
    """Windows gives the bytes that its western encoding leaves out as control characters."""
    try:
        return char.encode(encoding)
    except UnicodeEncodeError:
        return char.encode("latin-1")


def _is_chinese(text: str) -> bool:
    foreign = [char for char in text if not char.isascii()]
    return len(foreign) > 1 and all("\u4e00" <= char <= "\u9fff" or char in "（）：、，" for char in foreign)


def _is_big5(cells: Sequence[str]) -> bool:
    try:
        written = "".join(cells).encode("gb18030").decode("big5hkscs")
    except UnicodeError:
        return False
    common = [char for char in written if _lead(char, "big5") in range(0xA1, 0xC7)]
    read = [char for char in "".join(cells) if not char.isascii()]
    uncommon = [char for char in read if not ("\u4e00" <= char <= "\u9fff" and _lead(char, "gb2312"))]
    foreign = [char for char in written if not char.isascii()]
    return len(read) >= _FEWEST and len(common) >= _SHARE * len(foreign) and len(uncommon) * 3 >= len(read)


def _lead(char: str, encoding: str) -> int:
    """The first of the two bytes of a character; 0 where the encoding has none for it."""
    try:
        written = char.encode(encoding)
    except UnicodeEncodeError:
        return 0
    return written[0] if len(written) == 2 else 0
