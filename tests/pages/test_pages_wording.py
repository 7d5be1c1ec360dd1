"""Words that an office does not write to an office stand nowhere in what clerks and leaders read."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

from warehouse.vocabulary import reference
from warehouse.vocabulary.project import PROJECT

ROOMS = ("pages", "ingest")
SPOKEN = (
    "该打电话",
    "问什么时候能报",
    "问报告看懂",
    "卡在哪一步",
    "现在要做的",
    "要做的",
    "不用再做",
    "超前",
    "滞后",
    "时间已过",
    "每月还需",
    "近三月",
    "恰好",
    "已签字",
    "已签认",
    "签认",
    "签字",
    "接受率",
    "已接受",
    "部分接受",
    "全部接受",
    "接受证明",
    "行有错",
    "只报总数",
    "逐条明细",
    "期初数",
    "其他计入",
    "全部的数",
    "各区的数",
    "看数字",
    "可信度",
    "培训占需求",
    "认不出",
    "各当作什么",
    "没有用到",
    "去重人数",
    "未知的性别",
    "台港澳",
    "市本级",
)
"""Left column of the words that were replaced; 查看数字 is not among them."""


READ_ALONE = "补报"
"""A word that clerks write, as the name of a folder, and that has two meanings: it is read, and said on no page."""


def files() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in sorted((PROJECT / room).rglob("*"))
        if path.suffix in (".py", ".html", ".js", ".css")
    ]


def said(path: Path) -> str:
    """What a file says to people: its texts, without comments; of Python without docstrings either."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return re.sub(r"/\*.*?\*/|\{#.*?#\}", "", text, flags=re.S)
    return "\n".join(_strings(text))


def _strings(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.STRING and not token.string.startswith('"""')]


def sayings(pattern: re.Pattern[str]) -> dict[str, list[str]]:
    """File → what it says of what is sought."""
    by_file = {path.relative_to(PROJECT).as_posix(): pattern.findall(said(path)) for path in files()}
    return {name: words for name, words in by_file.items() if words}


def test_no_spoken_word_is_written() -> None:
    assert sayings(re.compile("|".join(SPOKEN))) == {}


def test_a_word_with_two_meanings_is_said_on_no_page() -> None:
    assert not [name for name in sayings(re.compile(READ_ALONE)) if not name.startswith("ingest/")]


def test_marks_between_chinese_words_are_full_width() -> None:
    assert sayings(re.compile("(?<=[\u4e00-\u9fff])[,;:](?=[\u4e00-\u9fff])")) == {}


@pytest.mark.parametrize("word", ["该打电话的部门", "接受率 98%", "时间已过 62.9%"])
def test_what_is_spoken_is_seen(word: str) -> None:
    assert re.search("|".join(SPOKEN), word)


def test_lists_from_which_clerks_choose_begin_with_what_is_usual() -> None:
    assert list(reference.codes("sex").values()) == ["男", "女", "未知", "未说明"]
    names = {row["name"] for row in reference.table("codelists")}
    assert "港澳台人员" in names and not [name for name in names if "台港澳" in name]
