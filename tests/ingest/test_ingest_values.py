"""Text, dates, numbers and codes as people write them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.values import codes, dates, numbers, text
from warehouse.vocabulary import reference, telephone


@pytest.mark.parametrize(
    "written",
    [
        "2025-03-01",
        "2025.3.1",
        "2025/3/1",
        "2025/03/01",
        "2025年3月1日",
        "2025年03月01号",
        "2025 年 3 月 1 日",
        "20250301",
        "25-3-1",
        "25.03.01",
        "45717",
        "45717.5",
        "2025-03-01 00:00:00",
        "2025-03-01T08:30:00Z",
        "2025/3/1 9:30",
        "20250301093000",
        "2025.03.01.",
        "2025年3月1日星期六",
        "2025-03-01(周六)",
        "二〇二五年三月一日",
        "二零二五年三月一日",
        "2025。3。1",
        "2025、3、1",
        "2025,3,1",
        "2025 3 1",
        "2025\\3\\1",
        "2025/03/01 上午12:00:00",
        "2025-02-28T16:00:00.000Z",
        "2025-03-01T00:00:00+08:00",
        "2025-02-28 16:00:00Z",
        "2025-2-28T16:00Z",
        "2025-02-28T16:00:00.000+0000",
        "2025-02-28 16:00:00+00:00",
        "20250228T160000Z",
        "2025-02-28T11:00:00-05:00",
        "2025-03-01T00:00+08:00[Asia/Shanghai]",
        "Sat Mar 01 2025 00:00:00 GMT+0800 (中国标准时间)",
        "Fri, 28 Feb 2025 16:00:00 GMT",
        "Sat Mar 01 00:00:00 CST 2025",
        "Mar 1, 2025 12:00:00 AM",
        "01-Mar-2025",
        "2025-03-01 09:00-11:00",
        "2025-03-01 上午",
        "2025年3月1日上午9时30分",
        "2025-03-01 12:00:00 AM",
        "2025-03-01 00:00:00.0",
        "星期六 2025-03-01",
        "2025-03-01 周六 09:00",
        "2025·3·1",
        "2025—3—1",
        "2025_3_1",
        "2025;3;1",
        "2025;3;1;0;0",
        "20250301.0",
        "20250301 00:00:00",
        "25/3/1",
    ],
)
def test_dates_are_understood(written: str) -> None:
    assert dates.date(written) == dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-30",
        "1900-01-00",
        "0000-00-00",
        "2025年3月",
        "2025-03",
        "2025.3.1-2025.3.15",
        "9999",
        "60001",
        "2025-3/1",
        "2025,3、1",
        "2025-02-30T16:00:00Z",
        "2025年3-1",
        "2025-03-01(周三)",
        "03/01/25",
        "3/1/2025",
        "2025-03-01/02",
        "202503010930",
        "1740787200000",
        "1740787200",
        "2025-03-01T25:00:00Z",
        "Mar 2025",
        "明天",
        "",
        "1",
    ],
)
def test_what_is_not_surely_a_date_is_none(written: str) -> None:
    assert dates.date(written) is None


def test_january_by_its_other_name() -> None:
    assert dates.date("2025年元月5日") == dates.date("二〇二五年元月五日") == dt.date(2025, 1, 5)


@given(
    st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2060, 1, 1)),
    st.integers(-11, 12),
    st.sampled_from(["T", " "]),
)
def test_a_moment_with_a_zone_is_the_day_in_shenzhen(moment: dt.datetime, hours: int, between: str) -> None:
    zoned = moment.replace(tzinfo=dt.timezone(dt.timedelta(hours=hours)))
    """With its summer time, of 1986 to 1991 the last."""
    assert dates.date(zoned.isoformat(between, "milliseconds")) == zoned.astimezone(ZoneInfo("Asia/Shanghai")).date()


@pytest.mark.parametrize(
    ("written", "is_timestamp"),
    [
        ("1740787200000", True),
        ("1740787200", True),
        ("-631152000000", True),
        ("1.7407872E+12", True),
        ("/Date(1740787200000+0800)/", True),
        ("202503010930", False),  # a day with hour and minute as well
        ("20250301", False),
        ("45717", False),
        ("11010519491231002X", False),
    ],
)
def test_numbers_counted_from_1970(written: str, is_timestamp: bool) -> None:
    assert dates.is_timestamp(written) is is_timestamp
    assert not (is_timestamp and dates.date(written))


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("2026-01-01", 2026),
        ("2026-05-01 00:00:00", 2026),
        ("1905-07-18", 2026),  # the day number 2026
        ("1905-07-17 00:00:00", 2025),
        ("二〇二六年", 2026),
        ("2026年1月1日", 2026),
        ("1月5日", None),
        ("今年", None),
    ],
)
def test_years_that_became_dates(written: str, year: int | None) -> None:
    assert dates.year(written) == year


def test_two_digit_years_turn_as_in_excel() -> None:
    assert dates.date("29-1-1") == dt.date(2029, 1, 1)
    assert dates.date("30-1-1") == dt.date(1930, 1, 1)


@given(st.dates(dt.date(1930, 1, 1), dt.date(2060, 1, 1)))
def test_every_spelling_of_a_date_means_the_same(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    spellings = [
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        str(serial),
        f"{day.year}/{day.month}/{day.day} 10:00",
    ]
    assert {dates.date(spelling) for spelling in spellings} == {day}


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("9:00", "09:00:00"),
        ("09:05:07", "09:05:07"),
        ("9时30分", "09:30:00"),
        ("下午2:30", "14:30:00"),
        ("0930", "09:30:00"),
        ("0.375", "09:00:00"),
        ("2026-03-01 09:30", "09:30:00"),
        ("25:00", None),
        ("9:00-11:00", None),
        ("早上", None),
    ],
)
def test_times(written: str, clock: str | None) -> None:
    assert dates.time(written) == clock


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("80", "80"),
        ("1,234.5", "1234.5"),
        ("40学时", "40"),
        ("80课时(40天)", "80"),
        ("1.2万人次", "12000"),
        ("95%", "95"),
        (" 5 ", "5"),
        ("−3", "-3"),
        ("0.33333", "0.3333"),
        ("1.5E+3", "1500"),
    ],
)
def test_decimals(written: str, value: str) -> None:
    assert numbers.decimal(written) == Decimal(value)


@pytest.mark.parametrize("written", ["", "abc", "1,23", "12-15", "4.40301E+17", "440301199001011234", "八十"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert numbers.decimal(written) is None


def test_integers_have_no_fraction() -> None:
    assert numbers.integer("50.0人") == 50
    assert numbers.integer("2026年度") == 2026
    assert numbers.integer("50.5") is None


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("95%", "0.95"),
        ("0.95", "0.95"),
        ("95", "0.95"),
        ("1", "1"),
        ("100", "1"),
        ("120%", "1.2"),
        ("0", "0"),
    ],
)
def test_shares(written: str, share: str) -> None:
    assert numbers.share(written) == Decimal(share)


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("2000", 200_000),
        ("2,000元", 200_000),
        ("¥2000.00", 200_000),
        ("0.2万元", 200_000),
        ("贰仟元整", 200_000),
        ("2000.00元整", 200_000),
        ("贰仟叁佰元伍角", 230_050),
        ("壹万贰仟元整", 1_200_000),
        ("叁佰零伍元贰角壹分", 30_521),
        ("十元", 1_000),
        ("1.005", 101),
        ("0.1亿元", 1_000_000_000),
        ("若干", None),
        ("", None),
        ("-20", -2_000),
    ],
)
def test_money_is_exact_fen(written: str, fen: int | None) -> None:
    assert numbers.fen(written) == fen


@given(st.integers(0, 10**10))
def test_money_in_wan_yuan_loses_nothing(fen: int) -> None:
    assert numbers.fen(f"{Decimal(fen) / 1_000_000}万元") == fen
    assert numbers.fen(f"{fen // 100:,}.{fen % 100:02d}元") == fen


@pytest.mark.parametrize(
    ("written", "tidied"),
    [
        ("　张　三　丰 ", "张三丰"),
        ("张\u200b三\ufeff", "张三"),
        ("\u202d13800000000\u202c", "13800000000"),
        ("ＡＢ１２", "AB12"),
        ("'440301", "440301"),
        ("a  b\r\nc", "a b c"),
        ("Li Ming", "Li Ming"),
        ("\ue123明", "\ue123明"),
        ("'440301'", "440301"),
        ('"440301"', "440301"),
        ('="440301"', "440301"),
        ("“440301”", "440301"),
        ("“甲”和“乙”", "“甲”和“乙”"),
        ("O'Neil", "O'Neil"),
    ],
)
def test_text_is_tidied(written: str, tidied: str) -> None:
    assert text.tidy(pa.array([written])).to_pylist() == [tidied]


def test_nothing_said() -> None:
    said = ["无", "暂无", "/", "-", "——", "n/a", "", "同上", "0", "无人机"]
    assert text.is_placeholder(pa.array(said)).to_pylist() == [True] * 7 + [False] * 3


def test_identifiers_are_cleaned_and_not_repaired() -> None:
    written = text.tidy(pa.array(["‘110105 19491231-002x", "11010519491231002Ⅹ", "440524188001010014", "4.40301E+17"]))
    assert text.identifier(written).to_pylist() == [
        "11010519491231002X",
        "11010519491231002X",
        "440524188001010014",
        "4.40301E+17",
    ]


def test_phones() -> None:
    written = text.tidy(
        pa.array(["+86 138-0000-0000", "86138 0000 0000", "13800000000/13900000000", "(0755)8888-0000"])
    )
    assert text.phone(written).to_pylist() == [
        "13800000000",
        "13800000000",
        "13800000000",
        "07558888 0000".replace(" ", ""),
    ]


def test_names_have_one_kind_of_dot() -> None:
    assert text.name(pa.array(["阿依古丽.买买提", "阿依古丽•买买提", "J. Li"])).to_pylist() == [
        "阿依古丽·买买提",
        "阿依古丽·买买提",
        "J. Li",
    ]


def test_codes() -> None:
    levels = reference.aliases("skill_level")
    spellings = ("高级", "中级工(四级)", "４级", "没听过")
    assert [codes.code(spelling, levels) for spelling in spellings] == ["3", "4", "4", "没听过"]
    groups = reference.aliases("person_category")
    first, second = (reference.codes("person_category")[code] for code in ("02", "06"))
    assert codes.codes(f"{second}、{first};{second}", groups) == "02;06"
    assert codes.codes("6,2", groups) == "02;06"
    assert codes.codes("02/外星人", groups) == "02/外星人"
    assert codes.codes("6.0;2.0", groups) == "02;06"
    assert codes.codes("09.0/9.00", groups) == "09"


@pytest.mark.parametrize(
    "written",
    [
        "2025.3.1-2025.3.15",
        "2025年3月1日至15日",
        "2025-03-01~2025-03-15",
        "2025.3.1—3.15",
        "20250301-20250315",
        "2025年3月1日-3月15日",
        "2025/3/1 到 2025/3/15",
        "2025-03-01 - 2025-03-15",
    ],
)
def test_spans_of_dates(written: str) -> None:
    assert dates.span(written) == (dt.date(2025, 3, 1), dt.date(2025, 3, 15))
    assert dates.date(written) is None


@pytest.mark.parametrize("written", ["2025-03-15~2025-03-01", "2025-03-01", "明天至后天", "2025.3", "", "-", "至"])
def test_what_is_no_span(written: str) -> None:
    assert dates.span(written) is None


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("2025年3月", True),
        ("2025-03", True),
        ("2025.3", True),
        ("202503", True),
        ("2025年3月份", True),
        ("2025", False),
        ("2025.13", False),
        ("202513", False),
        ("1.5", False),
    ],
)
def test_months_without_a_day(written: str, month: bool) -> None:
    assert dates.is_month(written) is month


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("(2,000.00)", -200000),
        ("2000-", -200000),
        ("-2000", -200000),
        ("2 000.00", 200000),
        ("2000元整", 200000),
        ("()", None),
        ("(a)", None),
    ],
)
def test_what_accountants_write(written: str, fen: int | None) -> None:
    assert numbers.fen(written) == fen


@pytest.mark.parametrize(
    ("written", "share"),
    [
        ("百分之九十五", "0.95"),
        ("百分之95.5", "0.955"),
        ("九成", "0.9"),
        ("九成五", "0.95"),
        ("八成半", "0.85"),
        ("约95%", "0.95"),
    ],
)
def test_shares_in_words(written: str, share: str) -> None:
    assert numbers.share(written) == Decimal(share)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("五级(5)", "5"),
        ("初级工(5)", "5"),
        ("5-初级工", "5"),
        ("5初级工", "5"),
        ("5 初级工", "5"),
        ("初级工5", "5"),
        ("5.0", "5"),
        ("初级工(4)", "初级工(4)"),
        ("4-初级工", "4-初级工"),
        ("(5)", "(5)"),
        ("初级工(甲)", "初级工(甲)"),
    ],
)
def test_code_and_name_together(written: str, code: str) -> None:
    assert codes.code(written, reference.aliases("skill_level")) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("√", "1"),
        ("✔", "1"),
        ("☑", "1"),
        ("有", "1"),
        ("✗", "0"),
        ("无", "0"),
    ],
)
def test_marks_for_yes_and_no(written: str, code: str) -> None:
    assert codes.code(written, reference.aliases("yes_no")) == code


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0755-88888888-801", "075588888888"),
        ("0755-88888888转801", "075588888888"),
        ("(0755)88888888-801", "075588888888"),
        ("0755-8888-8888", "075588888888"),
        ("1.3812345678E+10", "13812345678"),
        ("13812345678.0", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("0086 13812345678", "13812345678"),
        ("(0755)8212 3456", "075582123456"),
        ("13812345678/13912345678", "13812345678"),
        ("1.38E+10", "1.38E+10"),
        ("88888888-801", "88888888"),
        ("88888888转801", "88888888"),
        ("13812345678转801", "13812345678"),
        ("0755-88888888#801", "075588888888"),
        ("0755-88888888 ext. 12", "075588888888"),
        ("13812345678 13912345678", "13812345678"),
        ("13812345678 / 13912345678", "13812345678"),
        ("13812345678或13912345678", "13812345678"),
        ("0755-88888888 13812345678", "075588888888"),
        ("13812345678(李例)", "13812345678"),
        ("+852 9123 4567", "+85291234567"),
        ("852-91234567", "+85291234567"),
        ("(852)9123 4567", "+85291234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+86-755-88888888", "075588888888"),
        ("8888-8888", "88888888"),
        ("1381234567", "1381234567"),  # ten digits are no phone, and are told
        ("138123456781", "138123456781"),
    ],
)
def test_telephones(written: str, number: str) -> None:
    assert text.phone(text.tidy(pa.array([written]))).to_pylist() == [number]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0755-22345678", "0755-22345678"),
        ("(0755)22345678转801", "0755-22345678"),
        ("075522345678", "0755-22345678"),
        ("+86-755-22345678", "0755-22345678"),
        ("010-62345678", "010-62345678"),
        ("0755-12333", "0755-12333"),
        ("12333", "12333"),
        ("４００-800-1234", "400-800-1234"),
        ("4008001234", "400-800-1234"),
        ("2234 5678", "22345678"),
        ("0755-22345678/13800000000", "0755-22345678"),
        ("138-0000-0000", "13800000000"),
        ("13800000000", "13800000000"),
    ],
)
def test_telephones_of_offices(written: str, number: str) -> None:
    assert text.office_phone(text.tidy(pa.array([written]))).to_pylist() == [number]


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(("", "0", "+86", "86", "0086", "+86-0", "(", "手机", "0755-")),
    st.sampled_from(("", "-", " ")),
    st.sampled_from(("", "转8", "/0755-22345678", "(李例)", ".0")),
)
def test_no_spelling_makes_a_mobile_an_offices(mobile: str, before: str, between: str, behind: str) -> None:
    written = f"{before}{mobile[:3]}{between}{mobile[3:7]}{between}{mobile[7:]}{behind}"
    [number] = text.office_phone(text.tidy(pa.array([written]))).to_pylist()
    assert not re.fullmatch(telephone.OFFICE, number), number


@pytest.mark.parametrize("letter", ["x", "X", "\uff38", "\u2169", "\u0425", "\u0445", "\u00d7"])
def test_letters_that_look_like_x(letter: str) -> None:
    assert text.identifier(text.tidy(pa.array([f"11010519491231002{letter}"]))).to_pylist() == ["11010519491231002X"]


def test_flaws_of_text() -> None:
    sent = ["#N/A", "#ref!", "#公式无结果", "同上", "″", "N/A", "甲", "同上海公司"]
    assert text.flaw(text.tidy(pa.array(sent))).to_pylist() == [*["error"] * 3, *["ditto"] * 2, *[None] * 3]


@pytest.mark.parametrize(
    ("written", "is_garbled", "is_garbled_name"),
    [
        ("锟斤拷公司", True, True),
        ("烫烫烫", True, True),
        ("屯屯屯屯", True, True),
        ("ÕÅÈý", True, True),
        ("深圳市\ufffd\ufffd公司", True, False),
        ("王\ufffd", True, False),  # a rare character, which PN016 tells
        ("José Müller", False, False),
        ("屯门", False, False),
        ("麻辣烫", False, False),
    ],
)
def test_characters_lost_in_a_conversion(written: str, is_garbled: bool, is_garbled_name: bool) -> None:
    tidied = text.tidy(pa.array([written, "甲"]))
    assert text.garbled(tidied).to_pylist() == ["garbled" if is_garbled else None, None]
    assert text.garbled(tidied, is_name=True).to_pylist() == ["garbled" if is_garbled_name else None, None]


@pytest.mark.parametrize(
    ("written", "is_masked"),
    [
        ("440303********1234", True),
        ("440303＊＊＊＊＊＊＊＊1234", True),
        ("440303XXXXXXXX1234", True),
        ("138****8000", True),
        ("张*", True),
        ("6222●●●●1234", True),
        ("1990-**-**", True),
        ("11010519491231002X", False),
        ("张三", False),
        ("X1234567", False),
    ],
)
def test_what_is_partly_hidden(written: str, is_masked: bool) -> None:
    assert text.masked(text.tidy(pa.array([written, None]))).to_pylist() == ["masked" if is_masked else None, None]
