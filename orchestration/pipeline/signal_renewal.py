"""Steps of signals for another key: what the bureau decided on a signal stays decided when its tokens are others.

A signal of a person, a certificate, an account or a sole trader is known by a token, and the digest of its facts is
made of tokens. So each step is told once more, as it was taken, under the id and digest that the signal has from now
on. The rows of the publication's signals, as they were decided with the publication's key and with the new one, say
which token became which. Until something is published with the new key these tokens are kept (`Root.signal_tokens`), so
that a further change of key reads the rows of the one before as the publication knew them. Signals that the current
publication does not have keep their steps under their former ids. Which ids and digests there are is `dbt_project`
(macros/signals.sql, rendered here); ends at lines of the log.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.pipeline.dbt import DBT_PROJECT
from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store import durable, log, records
from warehouse.store.data_root import Root
from warehouse.store.records import SignalStep
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import SOLE_TRADER, TOKEN_HEX

Row = Mapping[str, Any]
Tokens = Mapping[str, str]
"""Token of one key → that of another."""
_DATASETS = {"participation": "training_record", "certificate": "certificate", "payment": "subsidy_payment"}
"""Kind of fact → its dataset."""
_MACROS = ("signals.sql", "engine/engine.sql")
_TOKEN = re.compile(rf"(?<![0-9a-f])(?:{SOLE_TRADER})?[0-9a-f]{{{TOKEN_HEX}}}(?![0-9a-f])")
_SIGNALS = """
select
    signal_id, any_value(signal_key) as signal_key, any_value(rule_code) as rule_code, any_value(reason) as reason,
    any_value(signals.amount_fen) as amount_fen, any_value(facts_digest) as facts_digest,
    list({fact: fact, key: fact_key}) as facts
from rpt_risk_signal as signals inner join fct_risk_signal_row using (signal_key)
group by signal_id
"""


@dataclass(frozen=True)
class _Name:
    """What a signal is known by, and the digest of its facts."""

    signal_id: str
    facts_digest: str


@dataclass(frozen=True)
class _Kept:
    """Tokens of the key of a publication's signals → those of the key that the root got since."""

    published_key_id: str
    key_id: str
    tokens: Tokens


def refuse_lost(root: Root, key_id: str) -> None:
    """`OperatorError` where steps could not be told anew. `key_id`: of what is decided so far."""
    count = len(log.read(records.path(root, SignalStep)))
    if not count:
        return
    current = publication.current_if_whole(root)
    if current is None:
        reason = "there is no whole publication to tell which signals they are on"
    elif key_id not in (_key_id(current), _kept(root, current).key_id):
        reason = f"{current.publication_id} has the tokens of key {_key_id(current)}, what is decided those of {key_id}"
    else:
        return
    raise OperatorError(
        f"{count} steps on signals would be lost, for {reason}: call skills run with key {key_id} first, or give them "
        "up with skills rekey --without-signal-steps."
    )


def carry_over(root: Root, former: Path, key_id: str) -> None:
    """Tells the steps of the current publication's signals anew. `former`: where the decisions of the former key lie,
    those of the new one, `key_id`, stand in `decided/`. Called again after a kill, it tells the rest."""
    path = records.path(root, SignalStep)
    entries = log.read(path)
    current = publication.current_if_whole(root)
    if not entries or current is None or key_id == _kept(root, current).key_id:
        return
    renamed, tokens = _renamed(current, former, root.decided, _kept(root, current).tokens)
    if not renamed:
        return
    carried = [_told_anew(entry, *renamed[entry.subject]) for entry in entries if entry.subject in renamed]
    log.append(path, [entry for entry in carried if entry not in entries])
    kept = {"published_key_id": _key_id(current), "key_id": key_id, "tokens": tokens}
    durable.replace(root.signal_tokens, f"{json.dumps(kept, sort_keys=True)}\n".encode())


def forget(root: Root, current: Publication) -> None:
    """What was kept for another publication's key."""
    if not _kept(root, current).tokens:
        root.signal_tokens.unlink(missing_ok=True)


def _key_id(current: Publication) -> str:
    return str(current.manifest["versions"]["key_id"])


def _kept(root: Root, current: Publication) -> _Kept:
    """What is kept for the publication; nothing where it was made since."""
    key_id = _key_id(current)
    if root.signal_tokens.exists():
        kept = _Kept(**json.loads(root.signal_tokens.read_text("utf-8")))
        if kept.published_key_id == key_id:
            return kept
    return _Kept(key_id, key_id, {})


def _told_anew(entry: log.Entry, before: _Name, after: _Name) -> log.Entry:
    """The step under the new id; on facts that are others by now it stays a step on other facts."""
    digest = entry.facts["facts_digest"]
    facts = {
        **entry.facts,
        "signal_id": after.signal_id,
        "facts_digest": after.facts_digest if digest == before.facts_digest else digest,
    }
    return replace(entry, subject=after.signal_id, facts=facts)


def _renamed(
    current: Publication, former: Path, decided: Path, kept: Tokens
) -> tuple[dict[str, tuple[_Name, _Name]], Tokens]:
    """Id of a signal → its names in the publication and from now on; and the tokens of both keys."""
    with current.connect() as con:
        signals = con.execute(_SIGNALS).to_arrow_table().to_pylist()
    places = {(fact["fact"], fact["key"]) for signal in signals for fact in signal["facts"]}
    published = {new: old for old, new in kept.items()}
    before = {place: _translated(row, published) for place, row in _rows(former, places).items()}
    after = _rows(decided, places)
    traders = {place: published.get(token, token) for place, token in _listed(former).items()}
    tokens = _tokens(before, after) | _pairs(traders, _listed(decided))
    old, new = _digests(signals, before), _digests(signals, after)
    ids = _ids(signals, tokens)
    renamed = {
        name: (_Name(name, digest), _Name(ids[name], new[name]))
        for signal in signals
        if (digest := signal["facts_digest"]) == old.get(name := signal["signal_id"]) and name in new
    }
    return renamed, tokens


Place = tuple[str, str]
"""Kind of fact, and submission and row as rows are known by."""


def _rows(folder: Path, places: Iterable[Place]) -> dict[Place, Row]:
    """Those of the rows that are accepted there."""
    wanted: dict[tuple[str, str], list[int]] = defaultdict(list)
    for fact, key in places:
        submission, _, row_index = key.rpartition("#")
        wanted[fact, submission].append(int(row_index))
    rows: dict[Place, Row] = {}
    for (fact, submission), indexes in wanted.items():
        for file in (folder / _DATASETS[fact]).glob(f"{submission}@*/accepted.parquet"):
            table = pq.read_table(file, filters=[("row_index", "in", indexes)])
            rows |= {(fact, f"{submission}#{row['row_index']}"): row for row in table.to_pylist()}
    return rows


def _translated(row: Row, tokens: Tokens) -> Row:
    return {name: tokens.get(value, value) if isinstance(value, str) else value for name, value in row.items()}


def _tokens(before: Mapping[Place, Row], after: Mapping[Place, Row]) -> dict[str, str]:
    """Token of the publication's key → that of the new one, and so for digests of tokens."""
    tokens: dict[str, str] = {}
    for place in before.keys() & after.keys():
        columns = [name for name, value in before[place].items() if _TOKEN.fullmatch(str(value))]
        tokens |= {before[place][name]: str(after[place][name]) for name in columns}
    return tokens | {_md5(old): _md5(new) for old, new in tokens.items()}


def _listed(folder: Path) -> dict[tuple[str, int], str]:
    """Sole traders in directories of institutions: no row of a signal of an institution names it."""
    listed: dict[tuple[str, int], str] = {}
    for file in folder.glob("institution_directory/*/accepted.parquet"):
        table = pq.read_table(file, columns=["submission_id", "row_index", "uscc"])
        of_traders = table.filter(pc.starts_with(table["uscc"], SOLE_TRADER)).to_pylist()
        listed |= {(row["submission_id"], row["row_index"]): row["uscc"] for row in of_traders}
    return listed


def _pairs(before: Mapping[tuple[str, int], str], after: Mapping[tuple[str, int], str]) -> dict[str, str]:
    return {before[place]: after[place] for place in before.keys() & after.keys()}


def _ids(signals: Iterable[Row], tokens: Tokens) -> dict[str, str]:
    """Id of a signal → what it is where its key is made of other tokens."""
    named = [
        {
            "name": signal["signal_id"],
            "rule_code": signal["rule_code"],
            "signal_key": _TOKEN.sub(lambda token: tokens.get(token[0], token[0]), signal["signal_key"]),
        }
        for signal in signals
    ]
    return _selected(f"name, {_formulas().signal_id('rule_code', 'signal_key')}", named)


def _digests(signals: Iterable[Row], rows: Mapping[Place, Row]) -> dict[str, str]:
    """Id of a signal → the digest of its facts, of those that are there."""
    identities = _identities(rows)
    named = [
        {
            "name": signal["signal_id"],
            "reason": signal["reason"],
            "amount_fen": signal["amount_fen"],
            "identity": identities.get((fact["fact"], fact["key"])),
        }
        for signal in signals
        for fact in signal["facts"]
    ]
    joined = _formulas().duckdb__joined("identity")
    digest = _formulas().facts_digest("any_value(reason)", "any_value(amount_fen)", joined)
    return _selected(f"name, {digest}", named, "group by name")


def _identities(rows: Mapping[Place, Row]) -> dict[Place, str]:
    identities: dict[Place, str] = {}
    for fact in _DATASETS:
        named = [{**row, "place": key} for (kind, key), row in rows.items() if kind == fact]
        told = _selected(f"place, {_formulas().fact_identity(fact, 'rows')}", named)
        identities |= {(fact, key): identity for key, identity in told.items()}
    return identities


def _selected(columns: str, rows: list[dict[str, Any]], more: str = "") -> dict[str, str]:
    """Two columns as DuckDB makes them."""
    if not rows:
        return {}
    with duckdb.connect() as con:
        con.register("rows", pa.Table.from_pylist(rows))
        return dict(con.execute(f"select {columns} from rows {more}").fetchall())


@functools.cache
def _formulas() -> Any:
    """The macros by which the marts name signals."""
    text = "\n".join((DBT_PROJECT / "macros" / name).read_text("utf-8") for name in _MACROS)
    return jinja2.Environment(extensions=["jinja2.ext.do"]).from_string(text).module  # SQL, which no page shows


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
