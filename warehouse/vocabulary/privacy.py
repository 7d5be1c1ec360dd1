"""Personal data: tokens (HMAC), masks, and which columns of a dataset go on past `decided/`.

Direct identifiers stop here. DuckDB does the work through macros that `install` puts into a connection; the key
is held in a temporary table and never stands in SQL text.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from warehouse.vocabulary import telephone
from warehouse.vocabulary.contract import ARROW, Dataset, Field

if TYPE_CHECKING:
    import duckdb

Algorithm = Literal["sha256", "sm3"]
_BLOCK = 64  # bytes; both SHA-256 and SM3
TOKEN_HEX = 32  # 128 bits of the HMAC are kept
SOLE_TRADER = "92"
"""What the credit codes of sole traders (个体工商户) begin with. Such a code leads to a person: what is stored in its
place is this and a token."""

COMPOUND_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯")
_FULL_WIDTH = "".join(chr(0xFF10 + digit) for digit in range(10))
# Runs of 15 or more digits (identity numbers, cards, certificate numbers) and mobile numbers inside other text.
LONG_NUMBER = r"([0-9]{2})[0-9]{11,}([0-9][0-9Xx])"
LONG_NUMBER_MASK = r"\1**************\2"
MOBILE = r"(1[3-9][0-9])[0-9]{6}([0-9]{2})"
MOBILE_MASK = r"\1******\2"
SOLE_TRADER_CODE = rf"({SOLE_TRADER})[0-9]{{6}}[0-9A-Z]{{8}}([0-9A-Z]{{2}})"


def redact(text: str) -> str:
    """Masks what looks like an identity number, a card, a sole trader's code or a mobile number in any text: file
    names, messages, logs."""
    text = text.translate(str.maketrans(_FULL_WIDTH, "0123456789"))
    text = re.sub(LONG_NUMBER, LONG_NUMBER_MASK, re.sub(SOLE_TRADER_CODE, LONG_NUMBER_MASK, text))
    return re.sub(MOBILE, MOBILE_MASK, text)


def mask_name(name: str) -> str:
    """A person's name with the surname left, as the macro `mask_name` has it."""
    shown = 2 if name[:2] in COMPOUND_SURNAMES else 1
    return name[:shown] + "*" * max(len(name) - shown, 2 - shown)


def masked(field: Field, text: str) -> str:
    """A value as a report may show it, as the SQL of `mask_sql` has it."""
    if not field.restricted:
        return redact(text)
    if field.kind in ("id", "id_or_uscc") or field.token == "certificate_key":
        return _mask_middle(text, 2, 2)
    if field.kind in ("phone", "office_phone"):
        return _mask_middle(text, 3, 2)
    if field.kind == "date":
        return f"{text[:4]}-**-**"
    if field.token == "bank_account_key" or (field.kind == "text" and field.name == "voucher_no"):
        return _mask_middle(text, 0, 4)
    return mask_name(text)


def _mask_middle(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    return "*" * len(text) if hidden <= 0 else text[:head] + "*" * hidden + text[-tail:]


@dataclass(frozen=True)
class Key:
    """The secret of the tokens. `key_id` may be stored beside a token, the secret never."""

    secret: bytes
    algorithm: Algorithm = "sha256"

    @property
    def key_id(self) -> str:
        return hashlib.sha256(b"key id|" + self.algorithm.encode() + b"|" + self.secret).hexdigest()[:8]

    def token(self, message: str) -> str:
        return hmac.new(self.secret, message.encode(), self.algorithm).hexdigest()[:TOKEN_HEX]


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _macros() -> str:
    extended = "substr(id, 1, 6) || '19' || substr(id, 7, 9)"
    # Most texts have nothing to mask: the one look that tells so takes a fifth of the time of the three changes.
    # ascii() never raises: DuckDB may compute a branch for values that its condition excludes.
    total = " + ".join(f"{weight} * (ascii(substr(body, {place}, 1)) - 48)" for place, weight in enumerate(_WEIGHTS, 1))
    surnames = ", ".join(f"'{name}'" for name in COMPOUND_SURNAMES)
    return f"""
    create or replace temp macro id_check_char(body) as substr('10X98765432', ({total}) % 11 + 1, 1);
    create or replace temp macro id18(id) as
        case when regexp_full_match(id, '[0-9]{{15}}') then {extended} || id_check_char({extended}) else id end;
    create or replace temp macro redact(txt) as case
        when regexp_matches(txt, '[0-9]{{11}}|{SOLE_TRADER}[0-9]{{6}}|[{_FULL_WIDTH[0]}-{_FULL_WIDTH[-1]}]')
        then regexp_replace(regexp_replace(regexp_replace(
            translate(txt, '{_FULL_WIDTH}', '0123456789'),
            '{SOLE_TRADER_CODE}', '{LONG_NUMBER_MASK}', 'g'),
            '{LONG_NUMBER}', '{LONG_NUMBER_MASK}', 'g'), '{MOBILE}', '{MOBILE_MASK}', 'g')
        else txt end;
    create or replace temp macro mask_middle(txt, head, tail) as
        case when length(txt) <= head + tail then repeat('*', length(txt))
             else left(txt, head) || repeat('*', length(txt) - head - tail) || right(txt, tail) end;
    create or replace temp macro mask_name(txt) as
        case when left(txt, 2) in ({surnames}) then left(txt, 2) || repeat('*', length(txt) - 2)
             else left(txt, 1) || repeat('*', greatest(length(txt) - 1, 1)) end;
    create or replace temp macro mask_year(txt) as left(txt, 4) || '-**-**';
    """


def is_sole_trader(code: str) -> str:
    """SQL: is a credit code, plain or as a token, that of a sole trader?"""
    return f"{code} like '{SOLE_TRADER}%'"


def install(con: duckdb.DuckDBPyConnection, key: Key | None = None) -> None:
    """Puts the macros `id18`, `redact`, `mask_…` and, with a key, `token(message)` and `organisation_code(code)` into
    the connection."""
    con.execute(_macros())
    if key is None:
        return
    _install_token(con, key)
    con.execute(f"""
        create or replace temp macro organisation_code(code) as
            case when {is_sole_trader("code")} and length(code) <> {len(SOLE_TRADER) + TOKEN_HEX}
                 then '{SOLE_TRADER}' || token('USCC|' || code) else code end
    """)


def _install_token(con: duckdb.DuckDBPyConnection, key: Key) -> None:
    if key.algorithm == "sha256":
        padded = key.secret if len(key.secret) <= _BLOCK else hashlib.sha256(key.secret).digest()
        padded = padded.ljust(_BLOCK, b"\0")
        con.execute("create or replace temp table hmac_pad (inner_pad blob, outer_pad blob)")
        con.execute(
            "insert into hmac_pad values (?, ?)",
            [bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)],
        )
        con.execute(f"""
            create or replace temp macro token(message) as left(sha256(
                (select outer_pad from hmac_pad)
                || unhex(sha256((select inner_pad from hmac_pad) || encode(message)))), {TOKEN_HEX})
        """)
    else:
        from duckdb.func import FunctionNullHandling, PythonUDFType

        def hmac_sm3(messages: pa.ChunkedArray) -> pa.Array:
            return pa.array([None if text is None else key.token(text) for text in messages.to_pylist()], pa.string())

        con.create_function(
            "hmac_sm3",
            hmac_sm3,
            ["VARCHAR"],
            "VARCHAR",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
        con.execute("create or replace temp macro token(message) as hmac_sm3(message)")


def mask_sql(field: Field, column: str) -> str:
    """SQL for a value as a report may show it: by the field's classification and by content."""
    if not field.restricted:
        return f"redact({column})"
    if field.kind in ("id", "id_or_uscc") or field.token == "certificate_key":
        return f"mask_middle({column}, 2, 2)"
    if field.kind in ("phone", "office_phone"):
        return f"mask_middle({column}, 3, 2)"
    if field.kind == "date":
        return f"mask_year({column})"
    if field.token == "bank_account_key":
        return f"mask_middle({column}, 0, 4)"
    if field.kind == "text" and field.name == "voucher_no":
        return f"mask_middle({column}, 0, 4)"
    return f"mask_name({column})"


@dataclass(frozen=True)
class Column:
    """A column of an accepted table: its SQL over the shaped table and its type.

    `stored`: its SQL over rows as this program or an earlier one stored them, its name where those are alike. `former`:
    the text column that an earlier program stored in its place.
    """

    name: str
    sql: str
    type: pa.DataType
    stored: str = ""
    former: str | None = None


def _message(field: Field) -> str:
    name = field.name
    if field.token == "certificate_key":
        return f"'CERT|' || upper(replace({name}, ' ', ''))"
    if field.kind == "id":
        return f"coalesce({field.id_type or chr(39) + '01' + chr(39)}, '01') || '|' || id18({name})"
    if field.kind == "id_or_uscc":
        return f"'01|' || id18({name})"
    return f"'{field.token}|' || {name}"


_IS_RESIDENT_ID = "regexp_full_match({0}, '[1-9][0-9]{{16}}[0-9X]')"
_IS_CERTIFICATE = "regexp_full_match(cert_no, '[A-Z][0-9]{14}[1-5A-Z][0-9]{6}')"


def _organisation(name: str, code: str) -> Column:
    """A credit code; that of a sole trader as a token."""
    return Column(name, f"organisation_code({code})", pa.string(), stored=f"organisation_code({name})")


def _name(field: Field, code: str) -> Column:
    """The name of an organisation; a sole trader's is that of a person."""

    def public(name: str) -> str:
        return f"case when {is_sole_trader(code)} then null else {name} end"

    return Column(field.name, public(f"redact({field.name})"), pa.string(), stored=public(field.name))


def _presence(field: Field, name: str) -> Column:
    """Whether a value was given. What is restricted was never stored itself."""
    is_filled = f"{field.name} is not null"
    if field.restricted:
        return Column(name, is_filled, pa.bool_())
    return Column(name, is_filled, pa.bool_(), stored=f"coalesce({name}, {is_filled})", former=field.name)


def accepted_columns(dataset: Dataset) -> tuple[Column, ...]:
    """What goes on of a dataset: no direct identifier, a token for each, and what may be derived from them."""
    columns: list[Column] = []
    has_person = any(field.name == "id_no" for field in dataset.fields)
    for field in dataset.fields:
        name = field.name
        if field.token:
            is_uscc = f"regexp_full_match({name}, '[0-9A-HJ-NPQRTUWXY]{{2}}[0-9]{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}')"
            is_id = _IS_RESIDENT_ID.format(name)
            if field.kind == "id_or_uscc":
                base = name.removesuffix("_id")
                person = f"not ({is_uscc}) or ({is_id} and substr({name}, 7, 2) in ('19', '20'))"
                token = f"case when {person} then token({_message(field)}) end"
                columns.append(Column(field.token, token, pa.string()))
                columns.append(_organisation(f"{base}_uscc", f"case when not ({person}) then {name} end"))
            else:
                columns.append(Column(field.token, f"token({_message(field)})", pa.string()))
            if field.token == "certificate_key":
                columns.append(
                    Column(
                        "certificate_org_code", f"case when {_IS_CERTIFICATE} then left(cert_no, 13) end", pa.string()
                    )
                )
        elif field.kind == "office_phone":
            is_office = f"regexp_full_match({name}, '{telephone.OFFICE}')"
            columns.append(Column("office_phone", f"case when {is_office} then {name} end", pa.string()))
        elif field.presence:
            columns.append(_presence(field, field.presence))
        elif field.restricted:
            continue
        elif name == "sex" and has_person:
            derived = "case when ascii(substr(id18(id_no), 17, 1)) % 2 = 1 then '1' else '2' end"
            columns.append(
                Column(
                    "sex",
                    f"case when coalesce(id_type, '01') in ('01', '04') and "
                    f"{_IS_RESIDENT_ID.format('id18(id_no)')} then {derived} else sex end",
                    pa.string(),
                )
            )
        elif field.kind == "uscc":
            columns.append(_organisation(name, name))
        elif field.name_of:
            columns.append(_name(field, field.name_of))
        elif field.kind == "text":
            columns.append(Column(name, f"redact({name})", pa.string()))
        else:
            columns.append(Column(name, name, ARROW[field.kind]))
    if has_person:
        resident = f"coalesce(id_type, '01') in ('01', '04') and {_IS_RESIDENT_ID.format('id18(id_no)')}"
        stated = "year(birth_date)" if any(field.name == "birth_date" for field in dataset.fields) else "null"
        born = "try_cast(substr(id18(id_no), 7, 4) as integer)"
        columns.append(
            Column("birth_year", f"cast(case when {resident} then {born} else {stated} end as integer)", pa.int32())
        )
        columns.append(Column("home_province", f"case when {resident} then left(id_no, 2) end", pa.string()))
    return tuple(columns)
