"""Synthetic identities obey the standards: the published vectors and every generated number."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo import identity, people
from warehouse.vocabulary import reference
from warehouse.vocabulary.reference import codes

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident_number_holds(number: str) -> bool:
    total = sum(weight * int(char) for weight, char in zip(_WEIGHTS, number[:17], strict=True))
    return number[17] == "10X98765432"[total % 11]


def credit_code_holds(code: str) -> bool:
    total = sum(_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return code[17] == _ALPHABET[(31 - total % 31) % 31]


def organisation_code_holds(code: str) -> bool:
    values = [int(char, 36) for char in code[8:16]]
    rest = 11 - sum(value * weight for value, weight in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return code[16] == {10: "X", 11: "0"}.get(rest, str(rest))


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_published_resident_numbers(number: str) -> None:
    body = np.array([[int(char) for char in number[:17]]])
    assert identity.with_check_character(body).tolist() == [number]


@given(
    birth=st.dates(min_value=dt.date(1930, 1, 1), max_value=dt.date(2020, 1, 1)),
    sequence=st.integers(0, 999),
)
def test_resident_number_carries_address_birth_and_sequence(birth: object, sequence: int) -> None:
    number = identity.resident_numbers(
        np.array([440305]), np.array([birth], dtype="datetime64[D]"), np.array([sequence])
    )[0]
    assert number[:17] == f"440305{str(birth).replace('-', '')}{sequence:03d}"
    assert resident_number_holds(number)


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32), prefix=st.sampled_from(["91", "52", "12", "51", "11"]))
def test_credit_codes_hold_both_checks(seed: int, prefix: str) -> None:
    for code in identity.credit_codes(np.random.default_rng(seed), prefix, np.array([440305, 441521])).tolist():
        assert len(code) == 18
        assert code.startswith(prefix)
        assert credit_code_holds(code)
        assert organisation_code_holds(code)


def test_a_sole_traders_code_holds_both_checks() -> None:
    codes = identity.credit_codes(np.random.default_rng(2), "91", np.array([440305, 441521]))
    traders = identity.of_sole_traders(codes).tolist()
    assert [code[2:17] for code in traders] == [code[2:17] for code in codes.tolist()]
    assert all(code.startswith("92") and credit_code_holds(code) for code in traders)


def test_mobiles_are_mobile_numbers() -> None:
    for number in identity.mobiles(np.random.default_rng(1), 200).tolist():
        assert len(number) == 11
        assert number.isdigit()
        assert number[0] == "1"
        assert number[1] in "3456789"


def test_names_are_chinese_and_some_have_a_dot() -> None:
    names = identity.names(np.random.default_rng(3), np.ones(5000, dtype=bool)).tolist()
    assert all(2 <= len(name) <= 20 for name in names)
    assert any("·" in name for name in names)
    assert any(name.startswith("欧阳") for name in names)
    assert not {"张三", "李四"} & set(names)


def test_the_pool_holds_valid_distinct_documents() -> None:
    pool = people.people(np.random.default_rng(5), 3000)
    assert len(set(pool.id_no.tolist())) == len(pool)
    known = codes("gbt2260")
    ends: dict[str, list[str]] = {}
    for row in reference.table("divisions_history_1980_2021"):
        ends.setdefault(row["code"], []).append(row["end_year"])
    for kind, number, sex, birth in zip(
        pool.id_type.tolist(), pool.id_no.tolist(), pool.sex.tolist(), pool.birth.tolist(), strict=True
    ):
        if kind in ("01", "04", "06"):
            assert resident_number_holds(number)
        if kind in ("01", "04"):
            assert number[6:14] == f"{birth:%Y%m%d}"
            assert sex == ("1" if int(number[16]) % 2 else "2")
        if kind == "01":
            assert number[:6] in known
            assert any(not end or int(end) >= max(birth.year, 1984) for end in ends[number[:6]])
        if kind == "04":
            assert number[:6] in ("810000", "820000", "830000")
