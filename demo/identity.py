"""Synthetic identities: resident numbers, travel permits, credit codes, phones, names.

Here: pure generators, vectorised. Not here: who bears them (`people.py`, `institutions.py`). Ends at arrays of texts.
"""

from __future__ import annotations

import functools
from collections import Counter

import numpy as np

from demo.rows import Array, as_text, either
from warehouse.vocabulary import reference
from warehouse.vocabulary.privacy import COMPOUND_SURNAMES

_ID_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
_ID_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
_USCC_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
_USCC_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_ORGANISATION_WEIGHTS = np.array((3, 7, 9, 10, 5, 8, 4, 2))
_HOME_WEIGHTS = {"44": 40, "43": 12, "45": 10, "42": 6, "36": 6, "41": 5, "51": 5, "50": 3, "52": 3, "53": 2}
_MINORITY_NAMES = ("阿依古丽·买买提", "古丽娜尔·艾合买提", "扎西·次仁", "买买提·吐尔逊", "卓玛·央金", "艾力·阿不都")
_MOBILE_PREFIXES = (
    "130",
    "133",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "158",
    "159",
    "166",
    "177",
    "180",
    "186",
    "188",
    "199",
)
_OFFICE_PREFIXES = ("0755-2", "0755-8")


def _texts(codes: Array) -> Array:
    """Rows of ASCII codes (n × width, uint8) → n texts."""
    width = codes.shape[1]
    return np.ascontiguousarray(codes).view(f"S{width}").ravel().astype(f"U{width}").astype(object)


def _digits(values: Array, width: int) -> Array:
    """Non-negative integers → n × width digits."""
    powers = 10 ** np.arange(width - 1, -1, -1)
    return (values[:, None] // powers) % 10


def with_check_character(body: Array) -> Array:
    """n × 17 digits → n numbers of 18 characters; ISO 7064 MOD 11-2 as in GB 11643-1999."""
    check = _ID_CHECK[(body @ _ID_WEIGHTS) % 11]
    return _texts(np.column_stack([(body + 48).astype(np.uint8), check]))


def resident_numbers(address: Array, birth: Array, sequence: Array) -> Array:
    """Six-digit address codes (int), birth days (datetime64[D]) and sequences 0–999 (odd: male) → valid numbers."""
    return with_check_character(np.column_stack([_digits(address, 6), _days(birth), _digits(sequence, 3)]))


def _days(dates: Array) -> Array:
    """n dates → n × 8 digits YYYYMMDD."""
    year = dates.astype("datetime64[Y]").astype(int) + 1970
    month = dates.astype("datetime64[M]").astype(int) % 12 + 1
    day = (dates - dates.astype("datetime64[M]")).astype(int) + 1
    return _digits(year * 10000 + month * 100 + day, 8)


def permanent_residence_numbers(generator: np.random.Generator, birth: Array) -> Array:
    """The form of 2023 for foreigners: 9, place, country, birth, sequence, the check of a resident number."""
    size = len(birth)
    return with_check_character(
        np.column_stack(
            [
                np.full(size, 9),
                _digits(generator.integers(1, 34, size), 2),
                _digits(generator.integers(4, 895, size), 3),
                _days(birth),
                _digits(generator.integers(0, 1000, size), 3),
            ]
        )
    )


def credit_codes(generator: np.random.Generator, prefix: str, district: Array) -> Array:
    """Unified social credit codes (GB 32100-2015) whose organisation part obeys GB 11714; `district` are integers."""
    size = len(district)
    organisation = np.column_stack(
        [
            np.full((size, 1), 21),  # M
            np.full((size, 1), 10),  # A
            generator.integers(0, 10, (size, 1)),
            generator.choice(np.flatnonzero(ord("X") != _USCC_ALPHABET), (size, 5)),
        ]
    )
    characters = _USCC_ALPHABET[organisation]
    value36 = either(characters < 58, characters - 48, characters - 55)
    rest = (11 - (value36.astype(int) @ _ORGANISATION_WEIGHTS) % 11) % 11
    check9 = np.frombuffer(b"0123456789X", dtype=np.uint8)[rest]
    start = np.frombuffer(prefix.encode(), dtype=np.uint8)
    body = np.column_stack(
        [
            np.tile(start, (size, 1)),
            (_digits(district, 6) + 48).astype(np.uint8),
            characters,
            check9,
        ]
    )
    return _texts(np.column_stack([body, _credit_check(body)]))


def of_sole_traders(codes: Array) -> Array:
    """The codes, registered as sole traders'."""
    body = np.array([list(f"92{code[2:17]}".encode()) for code in codes.tolist()], dtype=np.uint8).reshape(-1, 17)
    return _texts(np.column_stack([body, _credit_check(body)]))


def _credit_check(body: Array) -> Array:
    value = np.zeros(128, dtype=int)
    value[_USCC_ALPHABET] = np.arange(31)
    rest = (value[body] @ _USCC_WEIGHTS) % 31
    return np.asarray(_USCC_ALPHABET[(31 - rest) % 31])


def mobiles(generator: np.random.Generator, size: int) -> Array:
    """Mobile numbers of eleven digits."""
    starts = generator.choice(np.array(_MOBILE_PREFIXES), size)
    ends = generator.integers(0, 10**8, size)
    return as_text(f"{start}{end:08d}" for start, end in zip(starts.tolist(), ends.tolist(), strict=True))


def office_phones(generator: np.random.Generator, size: int) -> Array:
    """Fixed lines of the city."""
    starts = generator.choice(np.array(_OFFICE_PREFIXES), size)
    ends = generator.integers(0, 10**7, size)
    return as_text(f"{start}{end:07d}" for start, end in zip(starts.tolist(), ends.tolist(), strict=True))


@functools.cache
def _surnames() -> tuple[Array, Array]:
    table = reference.table("surnames_weighted")
    weights = np.array([float(row["weight_percent"]) for row in table])
    names = as_text([row["surname"] for row in table] + list(COMPOUND_SURNAMES))
    weights = np.concatenate([weights / weights.sum(), np.full(len(COMPOUND_SURNAMES), 0.001)])
    return names, weights / weights.sum()


@functools.cache
def _given_names(sex: str) -> Array:
    singles = [row["given_name"] for row in reference.table("given_names") if row["sex"] == sex]
    short = [name for name in singles if len(name) == 1]
    pairs = [first + second for first in short for second in short if first != second]
    return as_text(singles * 6 + pairs)


def names(generator: np.random.Generator, is_male: Array) -> Array:
    """Chinese names of two to four characters, a few of minorities with ·."""
    size = len(is_male)
    surnames, weights = _surnames()
    given_names = either(is_male, generator.choice(_given_names("M"), size), generator.choice(_given_names("F"), size))
    full_names = generator.choice(surnames, size, p=weights) + given_names
    minority = generator.random(size) < 0.003
    full_names[minority] = generator.choice(as_text(_MINORITY_NAMES), int(minority.sum()))
    return np.asarray(full_names, dtype=object)


@functools.cache
def _home_codes() -> tuple[Array, Array]:
    """County codes that are alive today, and how likely a trainee in Shenzhen comes from there."""
    alive = {row["code"] for row in reference.table("divisions_history_1980_2021") if not row["end_year"]}
    county = sorted(
        row["code"]
        for row in reference.table("divisions_current_2023")
        if row["level"] == "county" and row["code"] in alive
    )
    share = np.array([float(_HOME_WEIGHTS.get(code[:2], 0.6)) for code in county])
    per_province = Counter(code[:2] for code in county)
    share /= np.array([per_province[code[:2]] for code in county])
    return np.array([int(code) for code in county]), share / share.sum()


@functools.cache
def _former_codes() -> Array:
    """Counties that were dissolved after 2000: right for whoever was registered there before."""
    living = {row["code"] for row in reference.table("divisions_history_1980_2021") if not row["end_year"]}
    return np.array(
        [
            int(row["code"])
            for row in reference.table("divisions_history_1980_2021")
            if row["code"] not in living
            and row["end_year"] > "2000"
            and row["start_year"] < "1985"
            and not row["code"].endswith("00")
            and row["code"][2:4] != "90"
        ]
    )


def home_codes(generator: np.random.Generator, birth_year: Array) -> Array:
    """Address codes of resident numbers, mostly of Guangdong and its neighbours; a few of counties long dissolved."""
    codes, weights = _home_codes()
    addresses = generator.choice(codes, len(birth_year), p=weights)
    former = (generator.random(len(birth_year)) < 0.03) & (birth_year <= 1999)
    addresses[former] = generator.choice(_former_codes(), int(former.sum()))
    return addresses
