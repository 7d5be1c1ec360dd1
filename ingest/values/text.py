"""Text as people type it → the form that is kept, and what counts as no answer. Vectorised over Arrow arrays."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.vocabulary.contract import Kind
from warehouse.vocabulary.tables import NO_RESULT

PLACEHOLDERS = (
    "",
    "无",
    "(无)",
    "暂无",
    "没有",
    "未填",
    "未填写",
    "空",
    "不详",
    "缺",
    "-",
    "--",
    "---",
    "—",
    "——",
    "–",
    "/",
    "//",
    "\\",
    ".",
    "N/A",
    "NA",
    "NULL",
    "NONE",
    "NAN",
    "NIL",
)
"""What people write for "nothing to say", upper case (`同上` is none of them: it says something that is not known)."""
ERRORS = (
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "#UNKNOWN!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    NO_RESULT,
)
"""What a spreadsheet shows for a formula that failed, and what stands for one without a result."""
DITTO = ("同上", "同前", "同左", "同右", "同下", "同上行", "同上一行", "如上", "〃", "′′", "DITTO")
"""What people write instead of repeating the cell above."""
IDENTIFIERS: frozenset[Kind] = frozenset({"id", "uscc", "id_or_uscc"})
PERSON_NAME = "person_name"

_INVISIBLE = r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\p{Cf}]"
_SPACE = r"[\s\x85\p{Z}]+"
_BETWEEN_HAN = r"(\p{Han}) (\p{Han})"
_NAME_DOT = r"(\p{Han})\s*[•‧∙⋅・.·]\s*(\p{Han})"
_APOSTROPHE = r"^['`]+"
_APOSTROPHES = (b"'", b"`")
_QUOTED = r"""^=*(?:"([^"]*)"|'([^']*)'|“([^“”]*)”|‘([^‘’]*)’)$"""
"""A text between quotes, also as a formula (="0123"): so exports keep a spreadsheet from making a number of it."""
_QUOTE_BYTES = tuple(quote.encode() for quote in "\"'“‘")
_QUOTES = r"^['`‘’]+|[\s\-‐‑‒–—_]"
_GARBLED = "锟斤拷|烫烫|屯屯|[À-ÿ¡-¿]{4}"
_GARBLED_BYTES = (b"\xc3", *(text.encode() for text in ("锟斤拷", "烫烫", "屯屯")))
"""What wrong conversions leave of Chinese: the sign for what could not be read taken for GBK, unset memory, and GBK
taken for Latin-1, of which every letter begins with the byte C3 in UTF-8."""
_LOST = "\ufffd"
_MASK = r"[*●■█]|[x×]{3,}"
_MASK_BYTES = tuple(mask.encode() for mask in ("*", "●", "■", "█", "xxx", "XXX", "×××"))
_EXTENSION = (
    r"^(\(?(?:\+?86-?)?0?\d{2,3}\)?[- ]?\d{7,8}|\d{7,8}|\+?(?:86-?)?1[3-9]\d{9})"
    r"(?:[- ]*(?:转|分机|转分机|ext\.?|x|#|\*)[:.]? ?| ?- ?)\d{1,6}$"
)
_SECOND = r"^(\+?(?:86[- ]?)?1[3-9]\d{9}|\(?0\d{2,3}\)?[- ]?\d{7,8})(?:[^\d-].*)$"
"""A whole number and something behind it: another number, a name in brackets."""
_MOBILE = r"^1[3-9]\d{9}$"
_PHONE_NOISE = r"[()]|[/;,、].*$"
_DIGITS_OF_A_NUMBER = r"^(\d)\.(\d{10})E\+10$"
_WHOLE = r"^(\d{7,})\.0+$"
_LIKE_X = r"^(\d{17})[\x{425}\x{445}\x{3a7}\x{3c7}\x{d7}]$"
_COUNTRY = r"^(?:\+|00)?86(1\d{10})$"
_COUNTRY_AND_AREA = r"^(?:\+|00)860?([2-9]\d{8,10}|10\d{8})$"
_NEIGHBOUR = r"^(852[2-9]\d{7}|853[268]\d{7})$"
"""Hong Kong and Macau without the plus: no number of ours has eleven digits that begin so."""
_AREA_AND_LINE = r"^(0(?:10|2\d|[3-9]\d\d))(\d{5}|\d{7,8})$"
_SERVICE_LINE = r"^([48]00)(\d{3})(\d{4})$"


def tidy(texts: pa.StringArray) -> pa.StringArray:
    """NFKC, no invisible characters, single spaces and none between Han characters, trimmed. Keeps the case.

    Private-use characters stay: a lost rare character in a name must be seen by the checks.
    """
    texts = pc.utf8_normalize(texts, form="NFKC")
    texts = pc.replace_substring_regex(texts, _INVISIBLE, "")
    texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _SPACE, " "))
    if _holds(texts, _QUOTE_BYTES):
        texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _QUOTED, r"\1\2\3\4"))
    if _holds(texts, _APOSTROPHES):
        texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _APOSTROPHE, ""))
    if _holds(texts, (b" ",)):
        for _ in range(2):  # the middle one of three characters belongs to two gaps
            texts = pc.replace_substring_regex(texts, _BETWEEN_HAN, r"\1\2")
    return texts


def _holds(texts: pa.StringArray, needles: tuple[bytes, ...]) -> bool:
    """Does any text hold one of these? Asked of all at once, it costs nothing where none does, as in most columns."""
    data = texts.buffers()[2]
    content = data.to_pybytes() if data is not None else b""
    return any(needle in content for needle in needles)


def is_placeholder(tidied: pa.StringArray) -> pa.BooleanArray:
    """True where a tidied text says nothing. Never null for a text that is given."""
    return pc.is_in(pc.utf8_upper(tidied), value_set=pa.array(PLACEHOLDERS, pa.string()))


def flaw(tidied: pa.StringArray) -> pa.StringArray:
    """`error` and `ditto` (see `contract.Flaw`); null for every other text."""
    upper = pc.utf8_upper(tidied)
    ditto = pc.if_else(pc.is_in(upper, value_set=pa.array(DITTO, pa.string())), "ditto", pa.scalar(None, pa.string()))
    return pc.if_else(pc.is_in(upper, value_set=pa.array(ERRORS, pa.string())), "error", ditto)


def garbled(tidied: pa.StringArray, is_name: bool = False) -> pa.StringArray:
    """`garbled` for what lost its characters in a conversion; null for every other text. A person's name that lost a
    rare character only is a matter of PN016."""
    bad = _GARBLED if is_name else f"{_GARBLED}|{_LOST}"
    if not _holds(tidied, (*_GARBLED_BYTES, _LOST.encode())):
        return pa.nulls(len(tidied), pa.string())
    return pc.if_else(pc.match_substring_regex(tidied, bad), "garbled", pa.scalar(None, pa.string()))


def masked(tidied: pa.StringArray) -> pa.StringArray:
    """`masked` for what is partly hidden, as 440303********1234, 138****8000 and 张*; null for every other text."""
    if not _holds(tidied, _MASK_BYTES):
        return pa.nulls(len(tidied), pa.string())
    return pc.if_else(pc.match_substring_regex(tidied, _MASK, ignore_case=True), "masked", pa.scalar(None, pa.string()))


def identifier(tidied: pa.StringArray) -> pa.StringArray:
    """Upper case without quotes before it, spaces and hyphens; nothing is repaired but letters that look like X."""
    bare = pc.replace_substring_regex(pc.utf8_upper(tidied), _QUOTES, "")
    return pc.replace_substring_regex(bare, _LIKE_X, r"\1X")


def phone(tidied: pa.StringArray) -> pa.StringArray:
    """The first number without its extension, digits together, without +86 before a mobile; all digits of one that was
    stored as a number."""
    if pc.all(pc.match_substring_regex(tidied, _MOBILE)).as_py():  # as in most files: a tenth of the time
        return tidied
    whole = pc.replace_substring_regex(pc.replace_substring_regex(tidied, _EXTENSION, r"\1"), _SECOND, r"\1")
    first = identifier(pc.replace_substring_regex(whole, _PHONE_NOISE, ""))
    for written, number in (
        (_DIGITS_OF_A_NUMBER, r"\1\2"),
        (_WHOLE, r"\1"),
        (_COUNTRY, r"\1"),
        (_COUNTRY_AND_AREA, r"0\1"),
        (_NEIGHBOUR, r"+\1"),
    ):
        first = pc.replace_substring_regex(first, written, number)
    return first


def office_phone(tidied: pa.StringArray) -> pa.StringArray:
    """The same with hyphens, as offices write it: 0755-88880000, 400-800-0000."""
    number = phone(tidied)
    for written, spaced in ((_AREA_AND_LINE, r"\1-\2"), (_SERVICE_LINE, r"\1-\2-\3")):
        number = pc.replace_substring_regex(number, written, spaced)
    return number


def name(tidied: pa.StringArray) -> pa.StringArray:
    """A person's name with one kind of dot: 阿依古丽·买买提."""
    return pc.replace_substring_regex(tidied, _NAME_DOT, r"\1·\2")
