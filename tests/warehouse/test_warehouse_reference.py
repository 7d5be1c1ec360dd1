"""How people write codes."""

from __future__ import annotations

import unicodedata

import pytest

from warehouse.vocabulary import reference


@pytest.mark.parametrize(
    ("code_list", "text", "code"),
    [
        ("sex", "男", "1"),
        ("sex", "女性", "2"),
        ("sex", "m", "1"),
        ("sex", "Ｆ", "2"),
        ("skill_level", "高级", "3"),
        ("skill_level", "高级技师", "1"),
        ("skill_level", "四级/中级工", "4"),
        ("skill_level", "中级工(四级)", "4"),
        ("skill_level", "国家职业资格四级", "4"),
        ("skill_level", "4级", "4"),
        ("skill_level", "一级", "1"),
        ("skill_level", "特级技师", "T"),
        ("district", "南山", "440305"),
        ("district", "440343", "SZ-DP"),
        ("district", "深圳市深汕特别合作区", "SZ-SS"),
        ("department", "市人社局", "HRSS"),
        ("department", "市住建局", "HCD"),
        ("department", "EMB", "EMB"),
        ("funding_source", "1", "01"),
        ("funding_source", "就业补助资金", "01"),
        ("yes_no", "√", "1"),
        ("yes_no", "×", "0"),
        ("gbt4754_2017", "39", "C39"),
        ("person_category", "退役军人", "09"),
    ],
)
def test_spelling(code_list: str, text: str, code: str) -> None:
    assert reference.aliases(code_list)[reference.normalise(text)] == code


def test_qianhai_needs_the_true_district() -> None:
    assert reference.normalise("前海") not in reference.aliases("district")


def test_every_department_is_known_by_its_names() -> None:
    known = reference.aliases("department")
    for row in reference.table("departments"):
        assert {known[reference.normalise(row[name])] for name in ("code", "full_name", "short_name")} == {row["code"]}


def test_every_alias_leads_to_a_code() -> None:
    for code_list in ("sex", "skill_level", "district", "department", "occupations_2022", "gbt4754_2017", "metric"):
        assert set(reference.aliases(code_list).values()) <= set(reference.codes(code_list))


def test_an_unknown_list_is_an_error() -> None:
    with pytest.raises(KeyError):
        reference.codes("nonsense")


def test_the_form_of_comparison_has_neither_spaces_nor_what_cannot_be_seen() -> None:
    """Of every character up to the Chinese ones and of the private and surrogate-free rest of the plane."""
    for number in (*range(0x3100), *range(0xE000, 0x10000)):
        text = f"粤 {chr(number)}b"
        folded = unicodedata.normalize("NFKC", text)
        seen = "".join(char for char in folded if unicodedata.category(char)[0] not in "CZ")
        assert reference.normalise(text) == "".join(char for char in seen if char not in "\"'“”‘’`「」*").upper()
