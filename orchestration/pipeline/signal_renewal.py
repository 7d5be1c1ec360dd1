"""Steps of signals for another key: what the bureau decided on a signal stays decided when its tokens are others.

A signal of a person, a certificate, an account or a sole trader is known by a token, and the digest of its facts is
made of tokens. So each step is told once more, as it was taken, under the id and digest that the signal has from now
on. The rows of the publication's signals, as they were decided with the former key and with the new one, say which
token became which. Signals that the current publication does not have keep their steps under their former ids. Which
ids and digests there are is `dbt_project` (rpt_risk_signal); ends at lines of the log.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store import log, records
from warehouse.store.data_root import Root
from warehouse.store.records import SignalStep
from warehouse.vocabulary.privacy import SOLE_TRADER, TOKEN_HEX

Row = Mapping[str, Any]
_FACTS: dict[str, tuple[str, Callable[[Row], str]]] = {
    "participation": ("training_record", lambda row: f"{row['class_id']}#{row['person_key']}"),
    "certificate": ("certificate", lambda row: str(row["certificate_key"])),
    "payment": ("subsidy_payment", lambda row: f"{row['unit_code']}#{row['payment_id']}"),
}
"""Kind of fact → its dataset, and what a row of it is of, as rpt_risk_signal has it."""
_TOKEN = re.compile(rf"(?<![0-9a-f])(?:{SOLE_TRADER})?[0-9a-f]{{{TOKEN_HEX}}}(?![0-9a-f])")
_SIGNALS = """
select
    signal_id, any_value(signal_key), any_value(rule_code), any_value(reason), any_value(signals.amount_fen),
    any_value(facts_digest), list({fact: fact, key: fact_key})
from rpt_risk_signal as signals inner join fct_risk_signal_row using (signal_key)
where list_contains($ids, signal_id)
group by signal_id
"""


@dataclass(frozen=True)
class _Name:
    """What a signal is known by, and the digest of its facts."""

    signal_id: str
    facts_digest: str


def carry_over(root: Root, former: Path) -> None:
    """Tells the steps of the current publication's signals anew. `former`: where the decisions of the former key lie,
    those of the new one stand in `decided/`. Called again after a kill, it tells the rest."""
    path = records.path(root, SignalStep)
    entries = log.read(path)
    current = publication.current_if_whole(root)
    if not entries or current is None:
        return
    renamed = _renamed(current, {entry.subject for entry in entries}, former, root.decided)
    carried = [_told_anew(entry, *renamed[entry.subject]) for entry in entries if entry.subject in renamed]
    log.append(path, [entry for entry in carried if entry not in entries])


def _told_anew(entry: log.Entry, before: _Name, after: _Name) -> log.Entry:
    """The step under the new id; on facts that are others by now it stays a step on other facts."""
    digest = entry.facts["facts_digest"]
    facts = {
        **entry.facts,
        "signal_id": after.signal_id,
        "facts_digest": after.facts_digest if digest == before.facts_digest else digest,
    }
    return replace(entry, subject=after.signal_id, facts=facts)


def _renamed(current: Publication, ids: Iterable[str], former: Path, decided: Path) -> dict[str, tuple[_Name, _Name]]:
    """Id of a signal → its names before and after."""
    with current.connect() as con:
        signals = con.execute(_SIGNALS, {"ids": list(ids)}).fetchall()
    places = {(row["fact"], row["key"]) for *_, rows in signals for row in rows}
    before, after = _rows(former, places), _rows(decided, places)
    tokens = _tokens(before, after) | _traders(former, decided)
    renamed = {}
    for signal_id, key, rule, reason, amount, digest, rows in signals:
        facts = [(row["fact"], row["key"]) for row in rows]
        if digest == _digest(reason, amount, before, facts):
            new_id = f"{rule}-{_md5(_TOKEN.sub(lambda token: tokens.get(token[0], token[0]), key))[:12]}"
            new = _Name(new_id, _digest(reason, amount, after, facts))
            renamed[signal_id] = _Name(signal_id, digest), new
    return renamed


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
        for file in (folder / _FACTS[fact][0]).glob(f"{submission}@*/accepted.parquet"):
            table = pq.read_table(file, filters=[("row_index", "in", indexes)])
            rows |= {(fact, f"{submission}#{row['row_index']}"): row for row in table.to_pylist()}
    return rows


def _tokens(before: Mapping[Place, Row], after: Mapping[Place, Row]) -> dict[str, str]:
    """Token of the former key → that of the new one, and so for digests of tokens."""
    tokens: dict[str, str] = {}
    for place in before.keys() & after.keys():
        columns = [name for name, value in before[place].items() if _TOKEN.fullmatch(str(value))]
        tokens |= {before[place][name]: str(after[place][name]) for name in columns}
    return tokens | {_md5(old): _md5(new) for old, new in tokens.items()}


def _traders(former: Path, decided: Path) -> dict[str, str]:
    """The same of sole traders in directories of institutions: no row of a signal of an institution names it."""
    before, after = _listed(former), _listed(decided)
    return {before[place]: after[place] for place in before.keys() & after.keys()}


def _listed(folder: Path) -> dict[tuple[str, int], str]:
    listed: dict[tuple[str, int], str] = {}
    for file in folder.glob("institution_directory/*/accepted.parquet"):
        table = pq.read_table(file, columns=["submission_id", "row_index", "uscc"])
        of_traders = table.filter(pc.starts_with(table["uscc"], SOLE_TRADER)).to_pylist()
        listed |= {(row["submission_id"], row["row_index"]): row["uscc"] for row in of_traders}
    return listed


def _digest(reason: str, amount: int, rows: Mapping[Place, Row], facts: Iterable[Place]) -> str:
    """As rpt_risk_signal makes it; of facts that are not all there it is nobody's."""
    identities = {_FACTS[place[0]][1](rows[place]) for place in facts if place in rows}
    return _md5(f"{reason}#{amount}#{';'.join(sorted(identities))}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
