"""PN014: A name is letters and dots."""

from __future__ import annotations

from expectations.identity import LOST_CHARACTERS, full_match
from expectations.rule import rule

NAME = f"[\\p{{L}}\\p{{M}}·•‧・.'' ?{LOST_CHARACTERS}-]+"

rule(
    code="PN014",
    dataset=("training_record", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="warning",
    fields=("person_name",),
    message="姓名中有数字或符号。",
    why="姓名与证件不一致时，日后核对证书和发放补贴会对不上人。",
    fix="请只填写证件上的姓名，少数民族姓名可用间隔号“·”。",
    basis="个人信息完整性",
    passes=[{"person_name": "欧阳例子"}, {"person_name": "古丽·例子"}, {"person_name": "John O'Neil"}],
    fails=[{"person_name": "王例子2"}, {"person_name": "李强#"}],
    unless=("PN015",),
    bad_rows_where=f"""
        not {full_match("person_name", NAME)}
    """,
)
