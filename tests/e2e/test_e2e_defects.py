"""Every injected kind of defect is found, and nothing else: recall and precision per kind against the truth."""

from __future__ import annotations

from collections import Counter, defaultdict

import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.e2e.harness import Skills
from warehouse.store.data_root import Root

LEAST = 0.98


def load(root: Root) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Defects, files and findings, the findings by file."""
    defects = pd.read_parquet(root.truth / "defects.parquet")
    files = pd.read_parquet(root.truth / "files.parquet")
    findings = pq.read_table(root.register / "finding.parquet").to_pandas()
    deliveries = pq.read_table(root.register / "delivery.parquet").to_pandas()
    deliveries["file"] = deliveries["file_name"].str.removeprefix("inbox/")
    findings = findings.merge(deliveries[["submission_id", "file"]].drop_duplicates(), on="submission_id")
    return defects, files, findings


def by_kind(root: Root) -> pd.DataFrame:
    """kind, injected, found, reported, rightly: reported are findings of a kind's rules, rightly those on its rows."""
    defects, files, findings = load(root)
    broken = set(files.loc[files["outcome"].isin(["unreadable", "rejected"]), "file"])
    defects = defects[~defects["file"].isin(broken) | defects["row_number"].isna()]
    seen = defaultdict(set)
    for one in findings.itertuples():
        seen[one.file].add((one.rule, None if pd.isna(one.row) else int(one.row)))
    meant: dict[tuple[str, str, int | None], str] = {}
    injected, found = Counter(), Counter()
    for one in defects.itertuples():
        row = None if pd.isna(one.row_number) else int(one.row_number)
        if len(one.rules) == 0:
            continue
        injected[one.kind] += 1
        found[one.kind] += all((rule, row) in seen[one.file] for rule in one.rules)
        for rule in one.rules:
            meant[one.file, rule, row] = one.kind
    kinds_of_rule = defaultdict(set)
    for (_, rule, _), kind in meant.items():
        kinds_of_rule[rule].add(kind)
    reported, rightly = Counter(), Counter()
    for one in findings.itertuples():
        if one.file in broken:
            continue
        row = None if pd.isna(one.row) else int(one.row)
        kind = meant.get((one.file, one.rule, row))
        for named in {kind} if kind else kinds_of_rule.get(one.rule, {f"unmeant {one.rule}"}):
            reported[named] += 1
            rightly[named] += kind is not None
    names = sorted({*injected, *reported})
    return pd.DataFrame(
        [
            {
                "kind": name,
                "injected": injected[name],
                "found": found[name],
                "reported": reported[name],
                "rightly": rightly[name],
            }
            for name in names
        ]
    )


def test_every_kind_is_found_and_nothing_else(skills: Skills, capsys: pytest.CaptureFixture[str]) -> None:
    table = by_kind(skills.root)
    table["recall"] = table["found"] / table["injected"].where(table["injected"] > 0)
    table["precision"] = table["rightly"] / table["reported"].where(table["reported"] > 0)
    with capsys.disabled():
        print("\n" + table.to_string(index=False, float_format="%.3f"))
    assert (table["injected"] > 0).sum() >= 40
    assert table[table["recall"].fillna(1) < LEAST].empty
    assert table[table["precision"].fillna(1) < LEAST].empty


def test_every_file_has_its_outcome(skills: Skills) -> None:
    root = skills.root
    files = pd.read_parquet(root.truth / "files.parquet")
    deliveries = pq.read_table(root.register / "delivery.parquet").to_pandas()
    deliveries["file"] = deliveries["file_name"].str.removeprefix("inbox/")
    submissions = pq.read_table(root.register / "submission.parquet").to_pandas()
    told = deliveries.merge(
        submissions[["submission_id", "outcome", "received_rows", "is_current"]], on="submission_id", how="left"
    ).set_index("file")
    wrong = []
    for one in files[files["outcome"].isin(["accepted", "partly_accepted", "rejected", "unreadable"])].itertuples():
        if told.loc[one.file, "outcome"] != one.outcome:
            wrong.append((one.file, one.outcome, told.loc[one.file, "outcome"], one.note))
    assert not wrong
