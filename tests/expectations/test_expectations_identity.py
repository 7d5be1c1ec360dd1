"""Identity numbers and credit codes: the vectors of the standards, and no text that breaks the arithmetic."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import identity

CON = duckdb.connect()


def ask(expression: str, value: str) -> object:
    answer = CON.execute(f"select {expression} from (select ?::varchar as value)", [value]).fetchone()
    return answer[0] if answer else None


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("11010519491231002X", True),
        ("440524188001010014", True),
        ("810000199408230021", True),
        ("911124198108030024", True),
        ("110105194912310021", False),
        ("11010519491231002x", False),
        ("110105491231002", False),
        ("010105194912310020", False),
        ("", False),
    ],
)
def test_resident_numbers(number: str, right: bool) -> None:
    assert ask(identity.resident_check("value"), number) is right


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("91350100M000100Y43", True),
        ("9144030071526726XG", True),
        ("91310115MA1K3BTP2B", True),
        ("121200004013590816", True),
        ("91110000600037341L", True),
        ("91350100M000100Y4Z", False),
        ("91350100M000100Y44", False),
        ("91350100M000100YI3", False),
        ("9135", False),
    ],
)
def test_credit_codes(code: str, right: bool) -> None:
    assert ask(identity.uscc_check("value"), code) is right


@pytest.mark.parametrize(
    ("number", "born"),
    [
        ("11010519491231002X", "1949-12-31"),
        ("110105491231002", "1949-12-31"),
        ("110105194902300021", "None"),
        ("x", "None"),
        ("1101051949", "None"),
    ],
)
def test_birth_dates(number: str, born: str) -> None:
    assert str(ask(identity.birth_date("value"), number)) == born


@pytest.mark.parametrize(
    ("number", "sex"), [("11010519491231002X", "2"), ("110105491231002", "2"), ("110105491231001", "1"), ("12", None)]
)
def test_sex(number: str, sex: str | None) -> None:
    assert ask(identity.sex("value"), number) == sex


@pytest.mark.parametrize(
    ("number", "personal"), [("11010519491231002X", True), ("91350100M000100Y43", False), ("121200004013590816", False)]
)
def test_what_looks_personal(number: str, personal: bool) -> None:
    assert ask(identity.looks_personal("value"), number) is personal


@settings(max_examples=60)
@given(st.text(max_size=20) | st.text("0123456789X", min_size=15, max_size=19))
def test_no_text_breaks_the_arithmetic(text: str) -> None:
    text = text.replace("\0", "")
    for make in (
        identity.resident_check,
        identity.uscc_check,
        identity.birth_date,
        identity.sex,
        identity.looks_personal,
        identity.resident_form,
    ):
        ask(make("value"), text)


@settings(max_examples=20)
@given(st.text("0123456789", min_size=17, max_size=17).filter(lambda body: body[0] != "0"))
def test_exactly_one_check_character_is_right(body: str) -> None:
    right = [last for last in "0123456789X" if ask(identity.resident_check("value"), body + last)]
    assert len(right) == 1
