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
    "AS013": "the demo's totals are counted, never rounded",
    "AS016": "the demo's totals have no groups",
    "AT008": "the demo's sessions are one a day",
    "CL001": "the demo writes identity numbers only where a contract expects them",
    "CP005": "the demo's competitions are reported in the month in which they end",
    "CP012": "a competition of the demo has one number",
    "CT019": "the demo's certificates are reported when they are new",
    "CT025": "the demo's people are of age",
    "CT026": "an issuer of the demo has one name",
    "DF005": "an occupation of the demo has one name",
    "DF007": "the demo's demand is never rounded in all its rows",
    "EC013": "an enterprise of the demo stands once in a list",
    "IN008": "an institution of the demo has one name",
    "OF004": "follow-ups begin three months after the classes, and the demo that runs here has three months",
    "PN022": "the demo's veterans are of age",
    "SP021": "the demo pays within weeks",
    "TA005": "the demo awards no more than the plan's quota",
    "TC008": "the demo's classes last for weeks",
    "TC021": "a class of the demo has one number",
    "TR023": "the demo's people work for companies",
    "TR027": "the demo's people bring no vouchers",
    "TR029": "an employer of the demo has one name",
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
