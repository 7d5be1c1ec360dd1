"""Numbers, shares and money as people write them → exact numbers. All arithmetic is decimal."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

LARGEST = Decimal(10) ** 13
"""What lies beyond is no quantity of this warehouse (an identity number in the wrong column, say)."""

_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[-+]?\.\d+"
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:\.\d+)?[Ee][-+]?\d{1,2}")
_MINUS = str.maketrans({"−": "-", "﹣": "-", "–": "-", "—": "-"})
_TRAILING_NOTE = re.compile(r"\([^()]*\)$")
_UNITS = (
    "人次|人天|人|名|位|个月|个|次|家|期|项|场|份|本|张|条|天|日|月|年度|年|届|学时|课时|小时|标准课时|H|h|分|分钟|元|%"
)
_COUNTED = re.compile(rf"(?:约|共)?({_NUMBER})(万|千|亿)?(?:{_UNITS})?")
_SHARE = re.compile(rf"约?({_NUMBER})(%)?")
_PER_HUNDRED = re.compile(r"百分之([0-9.十百]+)")
_TENTHS = re.compile(r"(\d)成(?:(\d|半))?")
_BRACKETED = re.compile(r"\(([^()]*\d[^()]*)\)|([^-].*\d)-")
_MONEY = re.compile(
    rf"(?:[¥$]|RMB|CNY|人民币)?({_NUMBER})(亿|百万|十万|万|千|百)?(?:[元圆块]|RMB|CNY)?[整正]?(?:/?(?:人|月|年|班|人次))?",
    re.IGNORECASE,
)
_FACTOR = {
    None: 1,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "亿": 100_000_000,
}

_DIGITS = str.maketrans(
    {
        char: str(digit)
        for digit, chars in enumerate(
            ("〇零", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
        )
        for char in chars
    }
)
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_WRITTEN = re.compile(r"(?:人民币)?([0-9十拾百佰千仟万萬亿億]+)[元圆](?:0?(\d)角)?(?:0?(\d)分)?[整正]?")


def _plain(text: str) -> str:
    return "".join(text.split()).translate(_MINUS)


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _rounded(value: Decimal, places: int) -> Decimal | None:
    if abs(value) > LARGEST:
        return None
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def decimal(text: str) -> Decimal | None:
    """80, 1,234.5, 40学时, 80课时(40天), 1.2万人次, 95% (as 95): at most four decimals are kept."""
    text = _TRAILING_NOTE.sub("", _plain(text))
    if _SCIENTIFIC.fullmatch(text):
        return _rounded(Decimal(text), 4)
    match = _COUNTED.fullmatch(text)
    return _rounded(_decimal(match[1]) * _FACTOR[match[2]], 4) if match else None


def integer(text: str) -> int | None:
    """50, 50.0, 1,234人, 2026年, 1.2万; none where a fraction is left."""
    value = decimal(text)
    return int(value) if value is not None and value == value.to_integral_value() else None


def share(text: str) -> Decimal | None:
    """95%, 0.95 and 95 → 0.95: without a sign, what is above 1 is meant per hundred. Six decimals."""
    text = _plain(text)
    match = _SHARE.fullmatch(text)
    if not match:
        return _written_share(text.translate(_DIGITS))
    value = _decimal(match[1])
    value = value / 100 if match[2] or value > 1 else value
    return _rounded(value, 6) if abs(value) < 1000 else None


def _written_share(text: str) -> Decimal | None:
    """百分之九十五, 九成五, with the digits already replaced."""
    match = _TENTHS.fullmatch(text)
    if match:
        return _rounded((int(match[1]) + Decimal((match[2] or "0").replace("半", "5")) / 10) / 10, 6)
    match = _PER_HUNDRED.fullmatch(text)
    if not match:
        return None
    try:
        hundredths = Decimal(match[1])
    except InvalidOperation:
        hundredths = Decimal(_written_integer(match[1]) or 0)
    return _rounded(hundredths / 100, 6) if hundredths else None


def fen(text: str) -> int | None:
    """2,000元, ¥2000.00, 0.2万元, 贰仟元整 → 200000 fen; a plain number is yuan. Rounded half up to the fen.

    Accountants write what is negative as (2,000.00) or 2000-.
    """
    text = _plain(text)
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        amount = fen(bracketed[1] or bracketed[2])
        return None if amount is None else -amount
    match = _MONEY.fullmatch(text)
    if match:
        value = _rounded(_decimal(match[1]) * _FACTOR[match[2]] * 100, 0)
        return None if value is None else int(value)
    match = _WRITTEN.fullmatch(text.translate(_DIGITS))
    if not match:
        return None
    yuan = _written_integer(match[1])
    return None if yuan is None else yuan * 100 + int(match[2] or 0) * 10 + int(match[3] or 0)


def _written_integer(text: str) -> int | None:
    """Chinese numerals with the digits already replaced: 2仟3佰, 1万2仟0百; null when the order is broken."""
    total, section, digit = 0, 0, None
    for char in text:
        if char.isdigit():
            if digit not in (None, 0):
                return None
            digit = int(char)
        elif char in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[char]
            digit = None
        else:
            total = (total + section + (digit or 0)) * _LARGE[char]
            section, digit = 0, None
    return total + section + (digit or 0)
