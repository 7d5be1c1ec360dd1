"""PN016: A rare character became a question mark or a private one."""

from __future__ import annotations

from expectations.identity import LOST_CHARACTERS
from expectations.rule import rule

rule(
    code="PN016",
    dataset=("training_record", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="warning",
    fields=("person_name",),
    message="姓名中有生僻字没有正确保存（显示为“？”或空框）。",
    why="姓名丢了字，日后核对证书和发放补贴会对不上人。",
    fix="请用支持生僻字的输入法重新录入，并以 xlsx 或 UTF-8 编码保存。",
    basis="GB 18030-2022",
    passes=[{"person_name": "王䶮"}],
    fails=[{"person_name": "王?"}, {"person_name": "\u738b\ue863"}, {"person_name": "\u738b\U000f0001"}],
    bad_rows_where=f"""
        regexp_matches(coalesce(person_name__sent, person_name), '[?？{LOST_CHARACTERS}]')
    """,
)
