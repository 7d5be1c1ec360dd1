"""Text as people type it → the form that is kept, and what counts as no answer. Vectorised over Arrow arrays."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.contract import Kind

PLACEHOLDERS = (
    "", "无", "(无)", "暂无", "没有", "未填", "未填写", "空", "不详", "缺", "-", "--", "---", "—", "——", "–", "/", "//",
    "\\", ".", "N/A", "NA", "#N/A", "NULL", "NONE", "NAN", "NIL",
)
"""What people write for "nothing to say", upper case (`同上` is none of them: it says something that is not known)."""
IDENTIFIERS: frozenset[Kind] = frozenset({"id", "uscc", "id_or_uscc"})
PERSON_NAME = "person_name"

_INVISIBLE = r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\p{Cf}]"
_SPACE = r"[\s\x85\p{Z}]+"
_BETWEEN_HAN = r"(\p{Han}) (\p{Han})"
_NAME_DOT = r"(\p{Han})\s*[•‧∙⋅・.·]\s*(\p{Han})"
_APOSTROPHE = r"^['`]+"
_QUOTES = r"^['`‘’]+|[\s\-‐‑‒–—_]"
_PHONE_NOISE = r"[()]|[/;,、].*$"
_COUNTRY = r"^(\+|00)?86(1\d{10})$"


def tidy(texts: pa.StringArray) -> pa.StringArray:
    """NFKC, no invisible characters, single spaces and none between Han characters, trimmed. Keeps the case.

    Private-use characters stay: a lost rare character in a name must be seen by the checks.
    """
    texts = pc.utf8_normalize(texts, form="NFKC")
    texts = pc.replace_substring_regex(texts, _INVISIBLE, "")
    texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _SPACE, " "))
    texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, _APOSTROPHE, ""))
    for _ in range(2):  # the middle one of three characters belongs to two gaps
        texts = pc.replace_substring_regex(texts, _BETWEEN_HAN, r"\1\2")
    return texts


def is_placeholder(tidied: pa.StringArray) -> pa.BooleanArray:
    """True where a tidied text says nothing. Never null for a text that is given."""
    return pc.is_in(pc.utf8_upper(tidied), value_set=pa.array(PLACEHOLDERS, pa.string()))


def identifier(tidied: pa.StringArray) -> pa.StringArray:
    """Upper case without quotes before it, spaces and hyphens; nothing is repaired."""
    return pc.replace_substring_regex(pc.utf8_upper(tidied), _QUOTES, "")


def phone(tidied: pa.StringArray) -> pa.StringArray:
    """The first number, digits together, without +86 before a mobile."""
    first = identifier(pc.replace_substring_regex(tidied, _PHONE_NOISE, ""))
    return pc.replace_substring_regex(first, _COUNTRY, r"\2")


def name(tidied: pa.StringArray) -> pa.StringArray:
    """A person's name with one kind of dot: 阿依古丽·买买提."""
    return pc.replace_substring_regex(tidied, _NAME_DOT, r"\1·\2")
