"""Every rule has been seen to fire on a file of the corpus or of the demo; what has not is named with a reason."""

from __future__ import annotations

import duckdb
import pytest

from expectations import compiled
from ingest.demo.defects import row_defects, totals_defects
from tests.e2e.harness import Skills
from tests.ingest.corpus.cases import CASES
from warehouse import contract

UNSEEN: dict[str, str] = {
    "CP005": "the demo's competitions are reported in the month in which they end",
    "OF004": "follow-ups begin three months after the classes, and the demo that runs here has three months",
    "TC008": "the demo's classes last for weeks",
}
"""Code → why no file of ours shows it; its examples still do."""


def test_every_rule_has_fired_on_a_file(skills: Skills, capsys: pytest.CaptureFixture[str]) -> None:
    rules = {check.code: check for name in (*contract.names(), compiled.ACROSS) for check in compiled.load(name)
             if check.basis}
    corpus = {rule for case in CASES for rule, *_ in case.findings}
    demo = {rule for (rule,) in duckdb.execute(
        f"select distinct rule from '{skills.root.register}/finding.parquet'").fetchall()}
    # Some defects need more months than run here; where they strike, test_e2e_defects proves that they are found.
    demo |= {rule for defect in (*row_defects(), *totals_defects()) for rule in defect.kind.rules}
    with capsys.disabled():
        for where, seen in (("the corpus", corpus), ("the demo", demo)):
            print(f"\nnot in {where}: {' '.join(sorted(set(rules) - seen)) or 'none'}")
    assert sorted(set(rules) - corpus - demo - set(UNSEEN)) == []
    assert sorted(set(UNSEEN) & (corpus | demo)) == [], "these are seen now: take them off the list"
    assert sorted(set(UNSEEN) - set(rules)) == []
