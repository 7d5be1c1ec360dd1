"""TC012: The apprentices' programme is an apprenticeship."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC012",
    dataset="training_class",
    severity="warning",
    fields=("project_type", "programs"),
    message="项目标签含企业新型学徒制（12），但培训类型不是企业新型学徒制。",
    why="学徒制按培训类型核对天数、协议和补贴对象，类型填错就核对不了。",
    fix="请核对培训类型和项目标签。",
    basis="深人社发〔2025〕51号（十一）",
    passes=[{"programs": "12", "project_type": "05"}, {"programs": "06", "project_type": "02"}],
    fails=[{"programs": "02;12", "project_type": "02"}],
    bad_rows_where="""
        contains(programs, '12')
        and project_type <> '05'
    """,
)
