"""Tokens and masks: the SQL and the Python of them are one, and no identifier goes on."""

from __future__ import annotations

import hashlib

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.store import keys
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, privacy
from warehouse.vocabulary.errors import OperatorError

KEY = privacy.Key(bytes(range(32)))
TRADER = "92350100M000100Y40"
MASKING = duckdb.connect()
privacy.install(MASKING)


@pytest.fixture(scope="module", params=["sha256", "sm3"])
def con(request: pytest.FixtureRequest) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    privacy.install(con, privacy.Key(KEY.secret, request.param))
    con.execute(f"create macro expected() as '{request.param}'")
    return con


def value_of(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> object:
    return con.execute(sql, list(values)).fetchall()[0][0]


def test_token_is_hmac(con: duckdb.DuckDBPyConnection) -> None:
    algorithm = value_of(con, "select expected()")
    key = privacy.Key(KEY.secret, algorithm)  # type: ignore[arg-type]
    for message in ("01|11010519491231002X", "", "证件|甲"):
        assert value_of(con, "select token(?)", message) == key.token(message)


def test_of_a_sole_traders_code_a_token_is_stored_once(con: duckdb.DuckDBPyConnection) -> None:
    key = privacy.Key(KEY.secret, value_of(con, "select expected()"))  # type: ignore[arg-type]
    stored = f"92{key.token(f'USCC|{TRADER}')}"
    assert value_of(con, "select organisation_code(?)", TRADER) == stored
    assert value_of(con, "select organisation_code(?)", stored) == stored
    assert value_of(con, f"select {privacy.is_sole_trader('$1')}", stored) is True
    for other in ("91350100M000100Y43", "12440306MA9GC5KUX1", None):
        assert value_of(con, "select organisation_code(?)", other) == other


def test_sm3_vector() -> None:
    assert hashlib.new("sm3", b"abc").hexdigest().startswith("66c7f0f462eeedd9d1f2d46bdc10e4e2")


def test_fifteen_digits_match_eighteen(con: duckdb.DuckDBPyConnection) -> None:
    assert value_of(con, "select id18('110105491231002')") == "11010519491231002X"
    assert value_of(con, "select id18('H12345678')") == "H12345678"


@given(st.text(max_size=60))
def test_redact_in_sql_and_python_agree(text: str) -> None:
    with duckdb.connect() as con:
        privacy.install(con)
        assert value_of(con, "select redact(?)", text.replace("\0", "")) == privacy.redact(text.replace("\0", ""))


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True), st.text("甲乙 -_a1", max_size=5))
def test_redact_hides_every_identity_number(number: str, around: str) -> None:
    assert number not in privacy.redact(f"{around}{number}{around}")


@pytest.mark.parametrize("text", [TRADER, f"甲{TRADER}的店", f"x_{TRADER}_2026.xlsx", "９２３５０１００M000100Y40"])
def test_redact_hides_a_sole_traders_code(text: str) -> None:
    masked = privacy.redact(text)
    assert "92**************40" in masked
    assert value_of(MASKING, "select redact(?)", text) == masked


def test_redact_leaves_the_code_of_an_organisation() -> None:
    assert privacy.redact("91350100M000100Y43") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("sql", "masked"),
    [
        ("mask_name('张三')", "张*"),
        ("mask_name('欧阳娜娜')", "欧阳**"),
        ("mask_name('王')", "王*"),
        ("mask_middle('13812345678', 3, 2)", "138******78"),
        ("mask_middle('123', 2, 2)", "***"),
        ("mask_year('1990-03-07')", "1990-**-**"),
    ],
)
def test_masks(con: duckdb.DuckDBPyConnection, sql: str, masked: str) -> None:
    assert value_of(con, f"select {sql}") == masked


@given(st.text("欧阳张三司马", min_size=1, max_size=5))
def test_a_name_is_masked_alike_by_both(name: str) -> None:
    with duckdb.connect() as con:
        privacy.install(con)
        assert value_of(con, "select mask_name(?)", name) == privacy.mask_name(name)
    assert privacy.mask_name(name) != name or name in privacy.COMPOUND_SURNAMES


TEXTS = st.text(st.sampled_from("0123456789Xx王小明欧阳-/ ０１９"), min_size=1, max_size=20)


@given(st.sampled_from([field for dataset in contract.datasets() for field in dataset.fields]), TEXTS)
@settings(max_examples=200)
def test_a_value_is_masked_alike_by_both(field: contract.Field, text: str) -> None:
    assert value_of(MASKING, f"select {privacy.mask_sql(field, '$1')}", text) == privacy.masked(field, text)


def test_every_way_to_mask_is_met() -> None:
    fields = [field for dataset in contract.datasets() for field in dataset.fields if field.restricted]
    shown = {privacy.masked(field, "440305199001011234") for field in fields}
    assert {"44**************34", "440*************34", "4403-**-**", "**************1234"} <= shown


def test_no_restricted_field_goes_on_as_it_is() -> None:
    for dataset in contract.datasets():
        columns = {column.name for column in privacy.accepted_columns(dataset)}
        assert not columns & {field.name for field in dataset.fields if field.restricted}
        assert {field.token for field in dataset.fields if field.token} <= columns


def test_no_credit_code_goes_on_as_it_is() -> None:
    columns = [column for dataset in contract.datasets() for column in privacy.accepted_columns(dataset)]
    codes = [column for column in columns if column.name.endswith("uscc")]
    assert len(codes) >= 13
    assert all(column.sql.startswith("organisation_code(") for column in codes)


def test_of_a_field_with_a_presence_only_that_goes_on() -> None:
    for dataset in contract.datasets():
        columns = {column.name for column in privacy.accepted_columns(dataset)}
        told = [field for field in dataset.fields if field.presence]
        assert {field.presence for field in told} <= columns
        assert not columns & {field.name for field in told}
    assert contract.dataset("training_record").field("employer_name").presence == "employer_named"


@pytest.mark.parametrize("way", ["sql", "stored"])
def test_a_sole_traders_name_does_not_go_on(con: duckdb.DuckDBPyConnection, way: str) -> None:
    """Neither that of a row sent, nor that of one stored by an earlier program."""
    named = [(dataset, field) for dataset in contract.datasets() for field in dataset.fields if field.name_of]
    assert len(named) == 4
    for dataset, field in named:
        [column] = [column for column in privacy.accepted_columns(dataset) if column.name == field.name]
        for code, name in ((TRADER, None), ("91350100M000100Y43", "某某店"), (None, "某某店")):
            sql = f"select {getattr(column, way)} from (select $1::varchar as {field.name_of}, $2 as {field.name})"
            assert value_of(con, sql, code, "某某店") == name


def test_a_key_is_needed_and_checked(tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path / "data")  # type: ignore[operator]
    monkeypatch.delenv("SKILLS_KEY", raising=False)
    with pytest.raises(OperatorError, match="no key"):
        keys.load_key(root)
    keys.make_key(root)
    assert root.key_file.stat().st_mode & 0o077 == 0
    key = keys.load_key(root)
    assert len(key.secret) == 32
    keys.make_key(root)
    assert keys.load_key(root) == key
    monkeypatch.setenv("SKILLS_KEY", "xyz")
    with pytest.raises(OperatorError, match="not hexadecimal"):
        keys.load_key(root)
    monkeypatch.setenv("SKILLS_KEY", "ab")
    with pytest.raises(OperatorError, match="too short"):
        keys.load_key(root)
