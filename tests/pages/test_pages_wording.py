"""Words that an office does not write to an office stand nowhere in what clerks, leaders and BI tools read.

Sources of words: code that speaks to people, contracts, reference tables, metrics, descriptions of models. The pages,
workbooks and tables of a whole run are read in `tests/e2e/test_e2e_wording.py`, by the same table.
"""

from __future__ import annotations

import csv
import functools
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pages import words
from tests.pages.spoken_words import HALF_WIDTH, SAID_INSTEAD, SPOKEN, SPOKEN_ON_PAGES
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.project import PROJECT

ROOMS = ("pages", "ingest", "expectations", "orchestration", "warehouse")
"""The demo's files are departments', who write as they do."""
DATA = PROJECT / "warehouse" / "data"
"""What a run by hand left there is no source."""
READ_ALONE = "补报"
"""A word that clerks write, as the name of a folder, and that has two meanings: it is read, and said on no page."""
READ_COLUMNS = {
    "code_aliases": {"alias"},
    "department_aliases": {"alias"},
    "sz_district_aliases": {"alias", "canonical", "evidence"},
    "codelists": {"basis"},
    "sz_districts": {"note"},
    "sz_industry_clusters": {"evidence"},
    "sz_streets": {"note"},
    "targets": {"notes"},
    "target_definitions": {"note"},
}
"""Columns of reference tables that are matched with what clerks write, or that engineers note in."""
MATCHING = ("ingest/row_words.py", "ingest/values/text.py", "expectations/date_form.py", "expectations/rule.py")
"""Files that hold patterns of what clerks write, marks of any width."""
READ_KEYS = {"synonym", "pattern"}
"""Of contracts what is matched with what clerks write."""


def code_files() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in sorted((PROJECT / room).rglob("*"))
        if path.suffix in (".py", ".html", ".js", ".css") and not path.is_relative_to(DATA)
    ]


def said(path: Path) -> str:
    """What a file says to people: its texts, without comments; of Python without docstrings and patterns either."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return re.sub(r"/\*.*?\*/|\{#.*?#\}", "", text, flags=re.S)
    return "\n".join(_strings(text))


def _strings(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [
        token.string
        for token in tokens
        if token.type == tokenize.STRING and not re.match(r'[fb]?"""|[fb]?r[fb]?["\']', token.string)
    ]


def described() -> dict[str, str]:
    """What contracts, metrics, descriptions of models and reference tables say, by file."""
    yaml_files = [
        *(PROJECT / "warehouse").glob("contracts/*.yaml"),
        PROJECT / "warehouse" / "metrics.yaml",
        *(PROJECT / "dbt_project").rglob("*.yml"),
    ]
    told = {path: "\n".join(_texts(yaml.safe_load(path.read_text("utf-8")))) for path in yaml_files}
    for path in (PROJECT / "warehouse" / "reference").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
        read = READ_COLUMNS.get(path.stem, set())
        told[path] = "\n".join(value for row in rows for name, value in row.items() if name not in read)
    return {path.relative_to(PROJECT).as_posix(): text for path, text in sorted(told.items())}


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in READ_KEYS:
                yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
    elif isinstance(node, str):
        yield node


@functools.cache
def sources() -> dict[str, str]:
    """What is said, by file."""
    return {path.relative_to(PROJECT).as_posix(): said(path) for path in code_files()} | described()


def sayings(pattern: str) -> dict[str, list[str]]:
    """File → what it says of what is sought."""
    by_file = {name: re.findall(pattern, text) for name, text in sources().items()}
    return {name: sayings for name, sayings in by_file.items() if sayings}


def test_all_sources_of_words_are_read() -> None:
    kinds = {name.partition("/")[0] for name, text in sources().items() if re.search("[\u4e00-\u9fff]", text)}
    assert kinds == {*ROOMS, "dbt_project"}
    assert len(sources()) > 300


def test_no_spoken_word_is_written() -> None:
    assert sayings("|".join(SPOKEN)) == {}


def test_no_spoken_word_of_pages_is_written_there() -> None:
    names = sayings("|".join(SPOKEN_ON_PAGES))
    assert not [name for name in names if name.startswith(("pages/", "ingest/"))]


@pytest.mark.parametrize("word", SAID_INSTEAD)
def test_what_is_to_be_written_is_written(word: str) -> None:
    assert sayings(re.escape(word))


def test_a_word_with_two_meanings_is_said_on_no_page() -> None:
    assert not [name for name in sayings(READ_ALONE) if not name.startswith("ingest/")]


def test_marks_in_chinese_text_are_full_width() -> None:
    assert not [name for name in sayings(HALF_WIDTH) if name not in MATCHING]


@pytest.mark.parametrize("word", ["该打电话的部门", "接受率 98%", "时间已过 62.9%"])
def test_what_is_spoken_is_seen(word: str) -> None:
    assert re.search("|".join(SPOKEN), word)


@pytest.mark.parametrize("text", ["确无数据的,请报", "合计(万元)", "见下:", "T01;不含", "人(去重)", "(按班发放)"])
def test_a_half_width_mark_is_seen(text: str) -> None:
    assert re.search(HALF_WIDTH, text)


@pytest.mark.parametrize("text", ["1,240 行", "2026-01-02 08:00", "键，Key of the class, its number.", "f(x) 为"])
def test_marks_of_numbers_and_other_languages_stay(text: str) -> None:
    assert not re.search(HALF_WIDTH, text)


def test_lists_from_which_clerks_choose_begin_with_what_is_usual() -> None:
    assert list(reference.codes("sex").values()) == ["男", "女", "未知", "未说明"]
    names = {row["name"] for row in reference.table("codelists")}
    assert "港澳台人员" in names and not [name for name in names if "台港澳" in name]


def test_each_severity_has_a_title_and_the_name_of_its_kind_of_check() -> None:
    assert contract.SEVERITY_TITLES.keys() == contract.SEVERITY_KINDS.keys() == words.SEVERITIES.keys()
