"""Every rule has been seen to fire on a file of the corpus or of the demo; what has not is named with a reason."""

from __future__ import annotations

import duckdb
import pytest

from demo.defects import later_defects, row_defects, totals_defects
from expectations import compiled
from tests.e2e.harness import Skills
from tests.ingest.corpus.cases import CASES
from warehouse.vocabulary import contract

UNSEEN: dict[str, str] = {
    "AS013": "the demo counts rows, and none of its totals is a whole ten thousand",
    "AS016": "the demo's totals have no parts",
    "AT008": "nobody in the demo comes for thirteen hours in several sessions",
    "CL001": "a class's number that is a person's would be that of a person of the demo",
    "CP005": "the demo's competitions are reported in the month in which they end",
    "CP013": "the demo's prizes are in the unit of their column",
    "CP012": "so small a demo has few competitions in one file",
    "CT019": "the demo's permits are valid for years",
    "CT025": "nobody in the demo is younger than eighteen",
    "CT026": "names of issuers are not misspelt in the demo",
    "CT028": "the demo's certificates name the occupation of their code",
    "CT029": "it holds from December 2026, and the demo that runs here ends before",
    "CT910": "the demo's corrected certificates lose none",
    "DF005": "the demo's forecasts name occupations as the list does",
    "DF007": "the demo's forecasts are drawn by chance",
    "EC013": "the demo's enterprises have one size",
    "ER003": "the demo's departments send the registers that they keep",
    "IN008": "the demo's institutions have one name",
    "IN901": "the demo's departments copy each other's names",
    "IN902": "the demo's institutions leave by a status",
    "OF004": "follow-ups begin three months after the classes, and the demo that runs here has three months",
    "OF007": "the demo's graduates find work",
    "PN022": "the demo's veterans are grown up",
    "SD002": "the demo's standards are more than nothing",
    "TA005": "the demo awards no more than the quota",
    "TC008": "the demo's classes last for weeks",
    "TC021": "the demo numbers the classes of an institution",
    "TC905": "the demo corrects no list of classes",
    "TK001": "the demo splits targets that can be split",
    "TK002": "the demo's tasks are those of their split",
    "TK003": "the demo's tasks have the windows of their targets",
    "TK005": "the demo's versions each begin on one day",
    "TK006": "the demo sends tasks once",
    "TK007": "the demo's tasks begin within their windows",
    "TK901": "the demo sends tasks once",
    "TR023": "a trainee's name as employer would be that of a person of the demo",
    "TR029": "names of employers are not misspelt in the demo",
    "TR030": "the demo's numbers of certificates have the length of one",
    "TR904": "the demo's trainees complete on the class's last day",
    "VL901": "it needs more periods than run here",
    "VL902": "the demo sends no period's rows again",
    "VL903": "the demo sends no period's file again",
    "WG008": "the demo's wages are in the unit of their column",
    "WG901": "the demo has one year of wages",
}
"""Code → why no file of ours shows it; its examples still do."""


def test_every_rule_has_fired_on_a_file(skills: Skills, capsys: pytest.CaptureFixture[str]) -> None:
    rules = {
        check.code: check
        for name in (*contract.names(), compiled.ACROSS)
        for check in compiled.load(name)
        if check.basis
    }
    corpus = {rule for case in CASES for rule, *_ in case.findings}
    demo = {
        rule
        for (rule,) in duckdb.execute(f"select distinct rule from '{skills.root.register}/finding.parquet'").fetchall()
    }
    # Some defects need more months than run here; where they strike, test_e2e_defects proves that they are found.
    demo |= {rule for defect in (*row_defects(), *later_defects(), *totals_defects()) for rule in defect.kind.rules}
    with capsys.disabled():
        for where, seen in (("the corpus", corpus), ("the demo", demo)):
            print(f"\nnot in {where}: {' '.join(sorted(set(rules) - seen)) or 'none'}")
    assert sorted(set(rules) - corpus - demo - set(UNSEEN)) == []
    assert sorted(set(UNSEEN) & (corpus | demo)) == [], "these are seen now: take them off the list"
    assert sorted(set(UNSEEN) - set(rules)) == []
