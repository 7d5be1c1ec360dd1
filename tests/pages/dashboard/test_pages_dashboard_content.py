"""What the dashboard takes from a publication: totals only, none too small, in one order, in the words of the house."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pages import words
from pages.gather.bureau import BureauFacts
from pages.gather.dashboard import dashboard as gathered
from pages.gather.dashboard_queries import queries
from pages.gather.warned_sums import WarnedSum
from pages.render.bureau import bureau_page
from pages.render.dashboard import SITE, content
from pages.write import dashboard
from tests.pages.dashboard import dashboard_world as world
from tests.pages.report_html import Page
from warehouse.vocabulary import reference
from warehouse.vocabulary.metric import metrics
from warehouse.vocabulary.project import PROJECT

AS_OF = dt.date(2026, 11, 20)
SMALLEST_TOTAL, KEY_GROUPS = 5, "01"
PERSON_COLUMNS = {"person_key", "certificate_key", "class_key", "submission_id", "row_number", "participation_key"}


def records(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    table = told["tables"][name]
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def of(tmp_path: Path, **rows: list[dict[str, Any]]) -> dict[str, Any]:
    return content(gathered(world.publication(tmp_path / "p", rows)))


def test_small_totals_of_key_groups_are_not_told_and_others_are(tmp_path: Path) -> None:
    told = of(
        tmp_path,
        fct_participation=[
            *world.participations(SMALLEST_TOTAL - 1, special_action_code=KEY_GROUPS),
            *world.participations(SMALLEST_TOTAL, special_action_code=KEY_GROUPS, venue_district_key="440306"),
            *world.participations(1, special_action_code="02", counts_to_headline=False),
        ],
    )
    assert [(row["action"], row["district"], row["counted"], row["headline"]) for row in records(told, "training")] == [
        ("01", "440305", None, None),
        ("02", "440305", 1, 0),
        ("01", "440306", 5, 5),
    ]


def test_the_action_of_sensitive_groups_is_the_one_of_the_key_groups() -> None:
    assert reference.codes("special_action")[KEY_GROUPS] == "重点群体"


def test_what_is_too_small_follows_the_policy_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        {"name": "smallest_published_total", "since": "", "until": "2026-12-31", "value": "5"},
        {"name": "smallest_published_total", "since": "2027-01-01", "until": "", "value": "10"},
        {"name": "sensitive_action_code", "since": "", "until": "", "value": "01"},
        {"name": "sensitive_action_code", "since": "2027-01-01", "until": "", "value": "07"},
    )
    monkeypatch.setattr(reference, "table", {"policy": rows}.__getitem__)
    assert "action in ('01') and counted < 5 " in queries(dt.date(2026, 12, 31))["training"]
    assert "action in ('01', '07') and counted < 10 " in queries(dt.date(2027, 1, 1))["training"]


def test_only_what_counts_is_summed_and_by_the_department_that_it_counts_for(tmp_path: Path) -> None:
    told = of(
        tmp_path,
        fct_participation=[*world.participations(2, department_code="CAB"), *world.participations(9, is_counted=False)],
        fct_certificate=[
            *world.certificates(3),
            *world.certificates(4, is_counted=False),
            *world.certificates(1, skill_level_code=None),
        ],
    )
    assert [(row["month"], row["department"], row["counted"]) for row in records(told, "training")] == [
        ("2026-03", "HRSS", 2)
    ]
    assert [(row["level"], row["counted"]) for row in records(told, "certificate")] == [("3", 3), ("none", 1)]


def test_no_column_tells_a_person_or_a_row(tmp_path: Path) -> None:
    told = content(gathered(world.publication(tmp_path / "p", world.sample())))
    assert told["tables"].keys() == queries(AS_OF).keys() | {"warned_sum"}
    for name, table in told["tables"].items():
        assert table["rows"], name
        assert not PERSON_COLUMNS & set(table["columns"]), name


def test_the_row_of_a_target_shown_first_is_the_last_begun_with_a_figure(tmp_path: Path) -> None:
    told = of(tmp_path, rpt_target_progress=world.targets())
    shown = [row for row in records(told, "target") if row["is_shown"]]
    assert len(shown) == len(told["targets"]) == len(reference.table("targets"))
    assert {row["period"] for row in shown} == {"2026"}
    assert {row["status"] for row in records(told, "target") if row["period"] == "2027"} == {"not_due"}


def test_what_a_department_wrote_is_masked(tmp_path: Path) -> None:
    told = of(
        tmp_path,
        rpt_program_quality=[
            {
                "subject_kind": "institution",
                "subject_key": "440305199001011234",
                "quality_index": 0.5,
                "subject_name": "班级 13800138000\u202e",
            }
        ],
    )
    row = records(told, "quality")[0]
    assert "199001" not in row["key"] and "00138" not in row["name"] and "\u202e" not in row["name"]


def test_classes_are_left_to_the_publication_and_the_lowest_of_a_kind_stands_first(tmp_path: Path) -> None:
    told = of(
        tmp_path,
        rpt_program_quality=[
            {"subject_kind": kind, "subject_key": f"{kind}{at}", "quality_kind": training, "quality_index": index}
            for kind in ("class", "institution")
            for training in ("skill", "employment")
            for at, index in enumerate((0.9, None, 0.5))
        ],
    )
    assert [(row["training"], row["key"]) for row in records(told, "quality")] == [
        (training, f"institution{at}") for training in ("employment", "skill") for at in (2, 0, 1)
    ]


def test_codes_keep_the_order_of_their_lists(tmp_path: Path) -> None:
    lists = of(tmp_path)["words"]
    assert [code for code, _ in lists["action"]] == [f"{number:02}" for number in range(1, 11)]
    assert lists["action"][9][1].startswith("（十）")
    assert [code for code, _ in lists["department"]] == list(reference.codes("department"))


def test_numbers_are_numbers(tmp_path: Path) -> None:
    row = records(of(tmp_path, rpt_target_progress=world.targets()), "target")[0]
    assert (row["threshold"], row["expected_share"], row["pace_needed"]) == (1000, 0.8328, 12.5)
    assert type(row["threshold"]) is int


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_the_same_publication_makes_the_same_bytes(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rows = world.sample()
    written = []
    for order in (None, random.Random(seed)):
        publication = world.publication(tmp_path_factory.mktemp("same") / "p", rows, order)
        dashboard.write(publication)
        folder = publication.folder / dashboard.FOLDER
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]


def test_the_exposure_names_just_the_marts_that_are_asked(tmp_path: Path) -> None:
    asked = {name for sql in queries(AS_OF).values() for name in re.findall(r"\b(?:rpt|fct|dim|bridge)_\w+", sql)}
    summed = {metrics().sources[metric.source].table for metric in metrics().metrics if metric.sums_values}
    assert asked | summed == set(world.exposed())


def test_a_sum_that_values_open_to_doubt_change_stands_with_and_without_them(tmp_path: Path) -> None:
    """From a hundredth on, in the words and numbers of the bureau's page; less is told once."""
    held = {"is_counted": True, "has_open_warning": False}
    told = of(
        tmp_path,
        fct_competition=[
            held | {"budget_fen": 99_00, "participant_count": 199},
            held | {"budget_fen": 1_00, "participant_count": 1, "has_open_warning": True},
        ],
    )
    assert records(told, "warned_sum") == [
        {
            "name": "竞赛办赛经费",
            "group": "全部",
            "unit": "元",
            "total": 100.0,
            "total_said": "100",
            "unwarned": 99.0,
            "unwarned_said": "99",
        }
    ]
    bureau = bureau_page(BureauFacts(AS_OF, warned_sums=[WarnedSum("x", "竞赛办赛经费", "元", None, 100.0, 99.0)]))
    said = dict(told["words"]["warned_sum"])
    assert all(word in bureau for word in said.values())
    assert "竞赛办赛经费全部元10099" in Page(bureau).text
    script = (SITE / "confidence.js").read_text("utf-8")
    assert 'records("warned_sum")' in script and not any(word in script for word in (said["title"], said["unwarned"]))


def test_the_pages_stand_without_the_library_and_another_version_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standing = world.publication(tmp_path / "with", {})
    dashboard.write(standing)
    assert (standing.folder / dashboard.FOLDER / "echarts.min.js").stat().st_size > 500_000
    before = dashboard.version()
    monkeypatch.setattr(dashboard, "LIBRARY", tmp_path / "none" / "echarts.min.js")
    dashboard.version.cache_clear()
    try:
        assert dashboard.version() != before
        bare = world.publication(tmp_path / "without", {})
        dashboard.write(bare)
    finally:
        dashboard.version.cache_clear()
    names = {path.name for path in (bare.folder / dashboard.FOLDER).iterdir()}
    assert names == {path.name for path in (standing.folder / dashboard.FOLDER).iterdir()} - {"echarts.min.js"}


def test_nothing_is_fetched_from_elsewhere(tmp_path: Path) -> None:
    publication = world.publication(tmp_path / "p", world.sample())
    dashboard.write(publication)
    folder = publication.folder / dashboard.FOLDER
    index = (folder / "index.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', index)
    assert policy and "default-src 'none'" in policy[1] and "script-src 'self'" in policy[1] and "http" not in policy[1]
    asked = re.findall(r'(?:src|href)="([^"]+)"', index)
    assert {path.name for path in folder.iterdir()} == {*asked, "index.html"}
    for path in folder.iterdir():
        if path.name != "echarts.min.js":
            assert not re.search(r"https?:|//\w|url\((?!#)|@import", path.read_text("utf-8")), path


def test_the_lock_of_the_library_has_hashes_and_no_addresses() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text("utf-8"))
    packages = [package for name, package in lock["packages"].items() if name]
    assert all(package["integrity"].startswith("sha512-") and "resolved" not in package for package in packages)
    assert lock["packages"]["node_modules/echarts"]["version"] == lock["packages"][""]["dependencies"]["echarts"]


@pytest.mark.parametrize("word", [words.ABSENT, words.ALMOST_NONE, words.TOO_FEW, *words.COMPONENTS.values()])
def test_the_scripts_take_the_words_of_the_pages_from_the_data(word: str) -> None:
    guilty = [path.name for path in SITE.glob("*.js") if f'"{word}"' in path.read_text("utf-8")]
    assert not guilty
