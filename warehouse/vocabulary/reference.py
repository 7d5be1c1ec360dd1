"""Reference tables: code lists, and the names and aliases by which people write the codes.

What a row means for checks or targets is theirs to say. Ends at lookups.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import re
import unicodedata

from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import REFERENCE

# Lists that are tables of their own: file, code column, name column.
_TABLES: dict[str, tuple[str, str, str]] = {
    "department": ("departments", "code", "full_name"),
    "district": ("sz_districts", "key", "name"),
    "gbt2260": ("divisions_history_1980_2021", "code", "name"),
    "gbt4754_2017": ("gbt4754_2017", "code", "name"),
    "industry_cluster": ("sz_industry_clusters", "code", "name"),
    "occupations_2022": ("occupations_2022", "code", "name"),
    "target": ("targets", "id", "title"),
}
_HEADED: dict[str, tuple[str, str, str]] = {"metric": ("targets", "id", "title")}
"""Lists of `codelists.csv` that another table's rows come before: the targets are metrics, and have a home."""
_JOINED: dict[str, tuple[str, ...]] = {"task_unit": ("department", "district")}
"""Lists that are several others, one after the other: whoever may be given a task."""
CITY = "SZ"
"""District key of what the city itself reports."""


def names() -> list[str]:
    """Every reference table, by its file's name."""
    return sorted(path.stem for path in REFERENCE.glob("*.csv"))


@functools.cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """All rows of `reference/<name>.csv`, every value text."""
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@functools.cache
def codes(code_list: str) -> dict[str, str]:
    """Code → name, in the list's own order. `KeyError` for an unknown list."""
    if code_list in _TABLES:
        file, code, name = _TABLES[code_list]
        name_by_code = {row[code]: row[name] for row in table(file)}
        if code_list == "gbt2260":
            name_by_code |= {row["code"]: row["name"] for row in table("divisions_current_2023")}
            name_by_code |= {"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区"}
        return name_by_code
    if code_list in _JOINED:
        return {code: name for joined in _JOINED[code_list] for code, name in codes(joined).items()}
    listed: dict[str, str] = {}
    if code_list in _HEADED:
        file, code, name = _HEADED[code_list]
        listed = {row[code]: row[name] for row in table(file)}
    listed |= {row["code"]: row["name"] for row in table("codelists") if row["list"] == code_list}
    if not listed:
        raise KeyError(f"no code list {code_list}")
    return listed


def normalise(text: str) -> str:
    """The form in which codes, names and headers are compared: NFKC, no spaces or invisible characters, one case."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if " " in text or not text.isprintable():  # else there is nothing to take out: most of 60,000 spellings
        text = "".join(char for char in text if unicodedata.category(char)[0] not in "CZ")
    return text.translate(_QUOTES).upper()


_QUOTES = str.maketrans("", "", "\"'“”‘’`「」*")


@functools.cache
def aliases(code_list: str) -> dict[str, str]:
    """Normalised spelling → code, always in the same order: the code, its name, the parts of a name, and the aliases
    met in the wild.

    A spelling that would mean two codes is left out unless an alias table decides it.
    """
    if code_list in _JOINED:
        return {spelling: code for joined in _JOINED[code_list] for spelling, code in aliases(joined).items()}
    decided: dict[str, str] = {}
    for row in table("code_aliases"):
        if row["list"] == code_list:
            decided[normalise(row["alias"])] = row["code"]
    if code_list == "department":
        decided |= {normalise(row["short_name"]): row["code"] for row in table("departments")}
        decided |= {normalise(row["alias"]): row["department"] for row in table("department_aliases")}
    if code_list == "district":
        keys = {name: key for key, name in codes("district").items()}
        decided |= {
            normalise(row["alias"]): keys[row["canonical"]]
            for row in table("sz_district_aliases")
            if row["canonical"] in keys
        }
        decided |= {normalise(f"{city}{name}"): key for name, key in keys.items() for city in ("深圳市", "深圳")}
    if code_list == "gbt4754_2017":
        decided |= {normalise(row["numeric_code"]): row["code"] for row in table("gbt4754_2017")}

    offered: dict[str, set[str]] = {}
    for code, name in codes(code_list).items():
        bare = re.sub(r"\(.*?\)", "", unicodedata.normalize("NFKC", name))
        parts = [part for part in bare.split("/") if part]
        for spelling in (name, *parts, f"{code}{name}", f"{code}-{name}", f"{code}:{name}", f"{name}({code})"):
            offered.setdefault(normalise(spelling), set()).add(code)
    code_by_spelling = {spelling: min(meant) for spelling, meant in offered.items() if len(meant) == 1}
    code_by_spelling |= decided
    code_by_spelling |= {normalise(code): code for code in codes(code_list)}
    stripped = {code.lstrip("0"): code for code in codes(code_list) if len(code) == 2 and code.isdigit()}
    return {
        spelling: code for spelling, code in stripped.items() if spelling and spelling not in code_by_spelling
    } | code_by_spelling


_CHINESE = {character: number for number, character in enumerate("一二三四五六七八九十", 1)}


def _clause_number(text: str) -> int:
    """一 … 二十三 as a number."""
    tens, is_tens, ones = text.rpartition("十")
    if not is_tens:
        return _CHINESE[text]
    return _CHINESE.get(tens, 1) * 10 + _CHINESE.get(ones, 0)


def clauses(department: str) -> str:
    """The plan's clauses in which a department is named, as a tag: `1-12.14.19`, or `all`."""
    [written] = [row["clauses"] for row in table("departments") if row["code"] == department]
    if written.startswith("全部"):
        return "all"
    spans = re.findall(r"（([一二三四五六七八九十]+)）(?:[-—]（([一二三四五六七八九十]+)）)?", written)
    return ".".join(
        f"{_clause_number(first)}-{_clause_number(last)}" if last else f"{_clause_number(first)}"
        for first, last in spans
    )


@functools.cache
def department_title(code: str) -> str:
    """Short name of a department; an unknown code as it is."""
    names = {row["code"]: row["short_name"] for row in table("departments")}
    return names.get(code, code)


def unit_title(code: str) -> str:
    """市人力资源保障局 for HRSS, 市人力资源保障局·南山区 for HRSS.440305."""
    head, _, district = code.partition(".")
    department = department_title(head)
    return f"{department}·{codes('district').get(district, district)}" if district else department


def check_department(code: str) -> None:
    """`OperatorError` when there is no department of this code."""
    if code not in codes("department"):
        raise OperatorError(f"There is no department {code}; known are {', '.join(codes('department'))}.")


@functools.cache
def version() -> str:
    """Eight hex digits that change when any reference table changes."""
    digest = hashlib.sha256()
    for path in sorted(REFERENCE.glob("*.csv")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
