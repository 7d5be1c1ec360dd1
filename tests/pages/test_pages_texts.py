"""Facts for programs and spreadsheets: exact, harmless, one line per fact."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest

from pages import target_words, texts, words
from pages.render import grid, targets
from tests.pages import report_samples as samples


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_json_keeps_decimals_exact_and_days_in_iso() -> None:
    text = texts.json_text({"share": Decimal("0.10"), "day": dt.date(2026, 1, 2), "名称": None})
    assert json.loads(text) == {"share": "0.10", "day": "2026-01-02", "名称": None}
    with pytest.raises(TypeError, match="set"):
        texts.json_text({"of": {1}})


def test_no_cell_is_a_formula() -> None:
    assert read(texts.csv_text(["甲", "乙"], [["=1+1", 2], ["\n@x", "好"]])) == [
        {"甲": "'=1+1", "乙": "2"},
        {"甲": "'@x", "乙": "好"},
    ]


def test_the_grid_has_one_line_for_all_that_is_owed() -> None:
    rows = samples.grid(departments=("HRSS",))
    told = read(grid.csv_text(rows))
    assert len(told) == len(rows)
    assert [line["报送编号"] for line in told] == [row["submission_id"] or "" for row in rows]
    assert {line["有效报送"].partition("\uff0c")[0] for line in told} <= {
        title.partition("\uff0c")[0] for title in words.GRID_STATES.values()
    }
    assert {line["报送时效"] for line in told} <= {"", *words.PUNCTUALITY.values()}


def test_the_targets_have_one_line_for_every_reading_and_period() -> None:
    rows = samples.targets()
    told = read(targets.csv_text(rows))
    assert [(line["目标"], line["口径"], line["期间"]) for line in told] == [
        (row["target_id"], target_words.reading_title(row), target_words.period_title(row)) for row in rows
    ]
    assert {(line["目标"], line["口径"]) for line in told} >= {("T01", "主口径"), ("T10", "名录口径")}
    assert {line["名称"] for line in told} & {"补贴性及公益性职业技能培训"}
