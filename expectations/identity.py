"""SQL conditions on identity numbers and credit codes (GB 11643, GB 32100, domain C1–C3).

Rules may also use the macro `id18` of `warehouse.vocabulary.privacy`; check characters are `check_digits`. Ends at SQL
text.
"""

from __future__ import annotations

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))

LOST_CHARACTERS = "\\x{FFFD}\\x{E000}-\\x{F8FF}\\x{F0000}-\\x{10FFFD}"
"""For a character class: the replacement character and all that Unicode leaves to private use."""
SCIENTIFIC = "[0-9]+([.][0-9]+)?E[+]?[0-9]+"
FORM_18 = "[1-9][0-9]{16}[0-9X]"
FORM_15 = "[1-9][0-9]{14}"
USCC_FORM = f"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}"

IS_RESIDENT = "coalesce(id_type, '01') = '01'"
HAS_BIRTH_DATE = "coalesce(id_type, '01') in ('01', '04')"
"""Documents that follow the resident number's anatomy: the resident card and the residence permit of C2."""


def full_match(column: str, pattern: str) -> str:
    return f"regexp_full_match({column}, '{pattern}')"


def resident_form(column: str) -> str:
    """18 or 15 characters of the right form."""
    return full_match(column, f"{FORM_18}|{FORM_15}")


def resident_check(column: str) -> str:
    """ISO 7064 MOD 11-2 over 18 characters; false where the form is wrong."""
    # DuckDB may compute a branch for values that its condition excludes, and the product refuses a null digit.
    safe = f"case when {full_match(column, FORM_18)} then {column} else '{'0' * 18}' end"
    digits = f"cast(string_split(left({safe}, 17), '') as float[])"
    total = f"cast(list_inner_product(cast({list(WEIGHTS)} as float[]), {digits}) as integer)"
    return (
        f"coalesce(case when {full_match(column, FORM_18)} "
        f"then substr('10X98765432', {total} % 11 + 1, 1) = right({column}, 1) end, false)"
    )


def birth_date(column: str) -> str:
    """The birth date inside a number of 18 or 15 characters; null when the calendar has no such day."""
    return (
        f"cast(try_strptime(case length({column}) when 18 then substr({column}, 7, 8) "
        f"when 15 then '19' || substr({column}, 7, 6) end, '%Y%m%d') as date)"
    )


def sex(column: str) -> str:
    """`1` male or `2` female by the sequence's last digit; null where the form is wrong."""
    return (
        f"case when {full_match(column, FORM_18)} then substr('21', ascii(substr({column}, 17, 1)) % 2 + 1, 1) "
        f"when {full_match(column, FORM_15)} then substr('21', ascii(right({column}, 1)) % 2 + 1, 1) end"
    )


def looks_personal(column: str) -> str:
    """A resident number rather than a credit code, which may be 18 digits too: born in the 20th or 21st century."""
    return f"({full_match(column, FORM_18)} and substr({column}, 7, 2) in ('19', '20'))"


def uscc_check(column: str) -> str:
    """GB 32100: form and check character (weights 3^i mod 31)."""
    total = " + ".join(
        f"{weight} * (strpos('{USCC_ALPHABET}', substr({column}, {place}, 1)) - 1)"
        for place, weight in enumerate(_USCC_WEIGHTS, 1)
    )
    check = f"substr('{USCC_ALPHABET}', (31 - ({total}) % 31) % 31 + 1, 1)"
    return f"({full_match(column, USCC_FORM)} and {check} = right({column}, 1))"
