"""IN901: Directories agree on an institution's name."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="IN901",
    dataset="institution_directory",
    severity="info",
    fields=("name", "uscc"),
    message="同一信用代码在另一单位同期的目录中是别的名称。",
    why="同一机构名称不一，跨部门汇总时会被当成两家。",
    fix="请两个单位对照登记证书核对名称。",
    basis="GB 32100-2015",
    passes=[
        {"institution_directory": [{"uscc": "1", "name": "甲"}, {"uscc": "1", "name": "甲", "unit_code": "EDU"}]},
        {
            "institution_directory": [
                {"uscc": "1", "name": "甲"},
                {"uscc": "1", "name": "乙", "unit_code": "EDU", "period": "2026-05"},
            ]
        },
    ],
    fails=[
        {
            "institution_directory": [
                {"uscc": "1", "name": "甲"},
                {"uscc": "1", "name": "乙", "unit_code": "EDU", "submission_id": "B"},
            ]
        }
    ],
    scope="across",
    bad_rows=reported_by_several("institution_directory", ("uscc", "period"), differing="name"),
)
