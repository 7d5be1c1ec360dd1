"""Dates and times as people write them → dates and times. Strict: what is not surely a date is none."""

from __future__ import annotations

import datetime as dt
import re

from warehouse.vocabulary import clock

_NOON = r"(?:凌晨|早上|上午|中午|下午|晚上|晚|[AaPp][Mm])"
_TIME_TAIL = (
    rf"(?:[T ]?(?:{_NOON} ?)?\d{{1,2}}(?::\d{{1,2}}(?::\d{{1,2}}(?:\.\d+)?)?|[时点](?:\d{{1,2}}分?(?:\d{{1,2}}秒?)?)?)"
    rf"(?: ?[AaPp][Mm])?(?: ?[-~—至] ?\d{{1,2}}:\d{{1,2}}(?::\d{{1,2}})?)?| ?{_NOON})?"
)
_SEPARATOR = r"[-/.。、,;:_·—–\\ ]"
_LONG = re.compile(
    rf"(\d{{4}})({_SEPARATOR}|年)(\d{{1,2}})({_SEPARATOR}|月)(\d{{1,2}})[日号./]?(?:{_TIME_TAIL}|(?:;\d{{1,2}}){{2,3}})"
)
"""2026;1;5 is how a list of numbers comes out of JSON: programs write a day as [2026, 1, 5]."""
_ZONE = r"(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?(?:\d{2})?)"
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{8})[T ]?"
    rf"(?P<clock>\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?|\d{{6}}) ?{_ZONE}(?:\[[\w/]+\])?"
)
"""With a zone: 2026-01-04T16:00:00.000Z is the fifth in Shenzhen, as programs write a midnight of ours."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_NAMED_MONTH = "|".join(_MONTHS)
_ENGLISH_CLOCK = r"(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)"
_ENGLISH = tuple(
    re.compile(rf"(?:(?:{_WEEKDAYS})\w*,? )?{pattern}")
    for pattern in (
        rf"(?P<month>{_NAMED_MONTH})\w*\.? (?P<day>\d{{1,2}}),? (?P<year>\d{{4}})"
        rf"(?:,? {_ENGLISH_CLOCK}(?: ?[AP]M| {_ZONE}(?: \(.*\))?)?)?",
        rf"(?P<day>\d{{1,2}})[- ](?P<month>{_NAMED_MONTH})[a-z]*[- ](?P<year>\d{{4}})"
        rf"(?: {_ENGLISH_CLOCK}(?: {_ZONE})?)?",
        rf"(?P<month>{_NAMED_MONTH}) (?P<day>\d{{1,2}}) {_ENGLISH_CLOCK} (?:CST|{_ZONE}) (?P<year>\d{{4}})",
    )
)
"""Mon Jan 05 2026 00:00:00 GMT+0800, Sun, 04 Jan 2026 16:00:00 GMT, Mon Jan 05 00:00:00 CST 2026 (Java's; ours)."""
_SHORT = re.compile(r"(\d{2})([-/.年])(\d{1,2})([-/.月])(\d{1,2})[日号]?")
_MONTH = re.compile(r"(?:19|20)\d{2}(?:[-/.年](?:0?[1-9]|1[0-2])月?份?|(?:0[1-9]|1[0-2]))")
_WEEKDAY = re.compile(r"[ (]*(?:星期|周|礼拜)([一二三四五六日天])[) ,]*")
_HAN = re.compile(
    r"([〇零○一二三四五六七八九]{4})年([元一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
_HAN_DIGITS = {
    char: str(digit)
    for digit, chars in enumerate(("〇零○", "一元", "二", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_HAN_YEAR = re.compile(r"([〇零○一二三四五六七八九]{4})年?度?")
_BETWEEN = re.compile(r"\s*(?:至|到|~|～|—+|–|--)\s*")
_TWO_IN_ONE = re.compile(
    r"(\d{4}[/.年]\d{1,2}[/.月]\d{1,2}日?)-(.+)|(\d{8})-(\d{8})|"
    r"(\d{4}-\d{1,2}-\d{1,2})\s*-\s*(\d{4}-\d{1,2}-\d{1,2})"
)
_REST = re.compile(r"(?:(\d{1,2})[-/.月])?(\d{1,2})[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6}|\.0*|[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_TIMESTAMP = re.compile(
    r"-?\d{9,10}(?:\.\d*)?|-?(?!(?:19|20)\d\d(?:0\d|1[0-2]))\d{12,13}(?:\.\d*)?|1(?:\.\d+)?[Ee]\+?12|/Date\(-?\d+(?:[+-]\d{4})?\)/"
)
"""Seconds or milliseconds since 1970, as programs keep a moment; twelve digits may be a day with hour and minute."""
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SPACES = re.compile(r"\s*([年月日号/.:-])\s*")
_EPOCH = dt.date(1899, 12, 30)
SERIALS = range(10_000, 60_001)
"""Excel's day numbers from 1927 (birth dates) to 2064: only these are read as dates."""
_YEARS = range(1990, 2100)
"""Day numbers that are years: the days they stand for lie in 1905."""
CENTURY_TURN = 30
"""Two-digit years below are 20xx, the others 19xx, as Excel reads them."""

_CLOCK = re.compile(r"(上午|下午|晚上|晚)?(\d{1,2})[:时点](?:(\d{1,2})(?:[:分](\d{1,2})?(?:\.\d+)?秒?)?)?")
_DATE_BEFORE_TIME = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[T ]")
_DAY_FRACTION = re.compile(r"0\.\d+")
_COMPACT_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


def date(text: str) -> dt.date | None:
    """2026-03-01, 2026.3.1, 2026/3/1, 2026年3月1日, 20260301, 26-3-1, a day number, each also with a time of day.

    A moment with a zone is the day in Shenzhen. An impossible date, one of another weekday than it says, a month alone
    or a range of dates is none.
    """
    text = text.strip()
    weekday = _WEEKDAY.search(text)
    if not weekday:
        return _date(text)
    day = _date(_WEEKDAY.sub(" ", text).strip())
    return day if day and day.weekday() == min("一二三四五六日天".index(weekday[1]), 6) else None


def _date(text: str) -> dt.date | None:
    moment = _MOMENT.fullmatch(text)
    if moment and not _is_time_range(moment):
        return _day_of_moment(moment)
    if " " in text:
        text = _SPACES.sub(r"\1", text)
    if "年" in text:
        if written := _HAN.fullmatch(text):
            return _day(_han_year(written[1]), _han_number(written[2]), _han_number(written[3]))
        text = text.replace("年元月", "年1月")
    match = _LONG.fullmatch(text) or _SHORT.fullmatch(text)
    if match:
        if (match[2] == "年") != (match[4] == "月") or (match[2] != "年" and match[2] != match[4]):
            return None
        return None if _may_end_with_year(match) else _day(_year(match[1]), int(match[3]), int(match[5]))
    match = _COMPACT.fullmatch(text)
    if match:
        return _day(int(match[1]), int(match[2]), int(match[3]))
    match = _SERIAL.fullmatch(text)
    if match and int(match[1]) in SERIALS:
        return _EPOCH + dt.timedelta(days=int(match[1]))
    return _english(text) if text[:1].isalpha() or text[-4:].isdigit() else None


def _may_end_with_year(match: re.Match[str]) -> bool:
    """03/04/26 may be the third of April or the fourth of March as well: slashes alone do not tell the order."""
    return len(match[1]) == 2 and match[2] == "/" and len(match[5]) == 2 and int(match[1]) <= 31


def _is_time_range(moment: re.Match[str]) -> bool:
    """In 2026-01-05 09:00-11:00 the second time is no zone west of Greenwich."""
    return moment["zone"].startswith("-") and moment["clock"].count(":") == 1 and "T" not in moment[0]


def _day_of_moment(moment: re.Match[str]) -> dt.date | None:
    day = re.sub(r"\D", "-", moment["day"])
    year, month, number = day.split("-") if "-" in day else (day[:4], day[4:6], day[6:])
    hour, minute = (
        moment["clock"].split(":")[:2] if ":" in moment["clock"] else (moment["clock"][:2], moment["clock"][2:4])
    )
    return _in_shenzhen((int(year), int(month), int(number), int(hour), int(minute)), moment["zone"])


def _in_shenzhen(moment: tuple[int, int, int, int, int], zone: str | None) -> dt.date | None:
    """The day of a moment; without a zone that of its wall clock."""
    offset = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?", zone or "")
    minutes = (int(offset[2]) * 60 + int(offset[3] or 0)) * (-1 if offset[1] == "-" else 1) if offset else 0
    try:
        written = dt.datetime(*moment)
        return (
            clock.day_of(written.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))) if zone else written.date()
        )
    except (ValueError, OverflowError):
        return None


def _english(text: str) -> dt.date | None:
    """Dates as programs write them for the English: a month's name and a year of four digits."""
    match = next((match for pattern in _ENGLISH if (match := pattern.fullmatch(text))), None)
    if match is None:
        return None
    hour, minute = (match["clock"] or "0:0").split(":")[:2]
    month = _MONTHS.index(match["month"]) + 1
    written = (int(match["year"]), month, int(match["day"]), int(hour), int(minute))
    return _in_shenzhen(written, match["zone"])


def is_timestamp(text: str) -> bool:
    """1767571200000, 1767571200, /Date(1767571200000)/: a number that a program counts from 1970."""
    return bool(_TIMESTAMP.fullmatch(text.strip()))


def year(text: str) -> int | None:
    """The year of what a spreadsheet made a date of: 2026-01-01, and 1905-07-18, the day number 2026; or 二〇二六年."""
    text = text.strip()
    if written := _HAN_YEAR.fullmatch(text):
        return _han_year(written[1])
    day = date(text)
    if day is None or _SERIAL.fullmatch(text):
        return None
    counted = (day - _EPOCH).days
    return counted if counted in _YEARS else day.year


def span(text: str) -> tuple[dt.date, dt.date] | None:
    """2025.3.1-2025.3.15, 2025年3月1日至15日, 2026-03-01~03-15 → first and last day; none where they are not two."""
    text = text.strip()
    halves = _BETWEEN.split(text)
    if len(halves) != 2:
        match = _TWO_IN_ONE.fullmatch(text)
        halves = [half for half in match.groups() if half] if match else []
    if len(halves) != 2:
        return None
    first = date(halves[0])
    last = first and (date(halves[1]) or _rest(halves[1], first))
    return (first, last) if first and last and first <= last else None


def _rest(text: str, first: dt.date) -> dt.date | None:
    """The end of a span that leaves out the year, or year and month, of its beginning."""
    match = _REST.fullmatch(text.strip())
    return _day(first.year, int(match[1] or first.month), int(match[2])) if match else None


def is_month(text: str) -> bool:
    """2026年3月, 2026-03, 2026.3, 202603: a month and no day."""
    return bool(_MONTH.fullmatch(text.replace(" ", "")))


def _han_year(digits: str) -> int:
    return int("".join(_HAN_DIGITS[char] for char in digits))


def _han_number(text: str) -> int:
    """三, 十, 十二, 二十, 二十一."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(_HAN_DIGITS[char] for char in text))
    return int(_HAN_DIGITS.get(tens, "1")) * 10 + int(_HAN_DIGITS.get(ones, "0"))


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) < CENTURY_TURN else 1900)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def time(text: str) -> str | None:
    """9:00, 09:00:00, 9时30分, 下午2:30, 0930, a fraction of a day, or a date with a time → HH:MM:SS."""
    text = text.strip()
    text = _SPACES.sub(r"\1", _DATE_BEFORE_TIME.sub("", text))
    if _DAY_FRACTION.fullmatch(text):
        return _clock(*_split(round(float(text) * 86_400)))
    match = _COMPACT_TIME.fullmatch(text)
    if match:
        return _clock(int(match[1]), int(match[2]), 0)
    match = _CLOCK.fullmatch(text)
    if not match:
        return None
    hour = int(match[2])
    if match[1] in ("下午", "晚上", "晚") and hour < 12:
        hour += 12
    return _clock(hour, int(match[3] or 0), int(match[4] or 0))


def _split(seconds: int) -> tuple[int, int, int]:
    return seconds // 3600, seconds // 60 % 60, seconds % 60


def _clock(hour: int, minute: int, second: int) -> str | None:
    if hour > 23 or minute > 59 or second > 59:
        return None
    return f"{hour:02d}:{minute:02d}:{second:02d}"
