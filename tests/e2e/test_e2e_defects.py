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
    for finding in findings.itertuples():
        seen[finding.file].add((finding.rule, None if pd.isna(finding.row) else int(finding.row)))
    meant: dict[tuple[str, str, int | None], str] = {}
    injected, detected = Counter(), Counter()
    for defect in defects.itertuples():
        row = None if pd.isna(defect.row_number) else int(defect.row_number)
        if len(defect.rules) == 0:
            continue
        injected[defect.kind] += 1
        detected[defect.kind] += all((rule, row) in seen[defect.file] for rule in defect.rules)
        for rule in defect.rules:
            meant[defect.file, rule, row] = defect.kind
    kinds_of_rule = defaultdict(set)
    for (_, rule, _), kind in meant.items():
        kinds_of_rule[rule].add(kind)
    reported, rightly = Counter(), Counter()
    for finding in findings.itertuples():
        if finding.file in broken:
            continue
        row = None if pd.isna(finding.row) else int(finding.row)
        kind = meant.get((finding.file, finding.rule, row))
        for named in {kind} if kind else kinds_of_rule.get(finding.rule, {f"unmeant {finding.rule}"}):
            reported[named] += 1
            rightly[named] += kind is not None
    names = sorted({*injected, *reported})
    return pd.DataFrame(
        [
            {
                "kind": name,
                "injected": injected[name],
                "found": detected[name],
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
        submissions[["submission_id", "outcome", "received_rows"]], on="submission_id", how="left"
    ).set_index("file")
    wrong = []
    for file in files[files["outcome"].isin(["accepted", "partly_accepted", "rejected", "unreadable"])].itertuples():
        if told.loc[file.file, "outcome"] != file.outcome:
            wrong.append((file.file, file.outcome, told.loc[file.file, "outcome"], file.note))
    assert not wrong
