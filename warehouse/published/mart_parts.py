"""Into what parts a mart is published, which rows are one part's, and where the Parquet file of each lies.

A mart is one file, or, where its model says so, a folder of parts: by reporting period, or by the first digit of a
person's token. Ends at SQL and paths; what is in the files is `mart_files`.
"""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.vocabulary.mart import Division, Parts, marts

FOLDER = "parquet"
NO_PART = "none"
"""The part of rows that no period or digit is known of, and of a mart without rows."""
Relation = tuple[str, str]
"""A mart and one of its parts; an empty name for the whole of it."""

_GROUPS: Mapping[Division, str] = {"period": "split_part({column}, '#', 1)", "first_digit": "left({column}, 1)"}
"""What rows of one part have in common and is cheap to ask of each: the submission that a key begins with."""
_PARTS: Mapping[Division, str] = {
    "period": "regexp_extract({group}, '^.+-[a-z_]+-([0-9A-Z-]+)-[0-9a-f]{{12}}$', 1)",
    "first_digit": "regexp_extract({group}, '^[0-9a-f]$')",
}
"""The part by that, empty where it has none; asked of each row it is a second for two million. A unit's code may have a
hyphen as well (HRSS.SZ-DP), a dataset's name has none."""
_LIKELY: Mapping[Division, str] = {
    "period": "contains({column}, '-{part}-')",
    "first_digit": "starts_with({column}, '{part}')",
}
"""True of all rows of a part, and cheaper than what is exact."""


def division(name: str) -> Parts | None:
    """Into what parts a mart is published; null where it is one file."""
    mart = marts().get(name)
    return mart.parts if mart else None


def place(name: str, part: str = "") -> str:
    """Where a mart's Parquet file lies in a publication, or that of one of its parts."""
    return f"{FOLDER}/{name}/{part}.parquet" if part else f"{FOLDER}/{name}.parquet"


def pattern(name: str) -> str:
    """All Parquet files of a mart in a publication."""
    return place(name, "*" if division(name) else "")


def group_of_row(name: str) -> str:
    """An expression over a mart's rows, the same for all of a group, of which each belongs to one part."""
    parts = division(name)
    return _GROUPS[parts.by].format(column=parts.column) if parts else "''"


def part_of_group(name: str, group: str) -> str:
    """The part of such a group."""
    parts = division(name)
    if parts is None:
        return "''"
    return f"coalesce(nullif({_PARTS[parts.by].format(group=group)}, ''), '{NO_PART}')"


def part_of_row(name: str) -> str:
    """The part of each of a mart's rows."""
    return part_of_group(name, group_of_row(name))


def rows_of(name: str, part: str) -> str:
    """The condition for the rows of a part."""
    parts = division(name)
    if parts is None:
        return "true"
    exactly = f"{part_of_row(name)} = '{part}'"
    if part == NO_PART:
        return exactly
    return f"{_LIKELY[parts.by].format(column=parts.column, part=part)} and {exactly}"
