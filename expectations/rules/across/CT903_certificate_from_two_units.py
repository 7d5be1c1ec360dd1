"""CT903: A certificate is reported by one unit."""

from __future__ import annotations

from expectations.between_units import reported_by_several
from expectations.rule import rule

rule(
    code="CT903",
    dataset="certificate",
    severity="warning",
    fields=("cert_no",),
    message="同一本证书也由另一单位报送。",
    why="同一件事由两个单位报送时统计只算一次，不先说清由谁报，两边的数就都对不上。",
    fix="请两个单位核对由谁报送；统计时只算一次。",
    basis="数据报送约定：单位之间的重复",
    passes=[{"certificate": [{"certificate_key": "c", "person_key": "a"}]}],
    fails=[
        {
            "certificate": [
                {"certificate_key": "c", "person_key": "a"},
                {"certificate_key": "c", "person_key": "a", "unit_code": "CAB", "submission_id": "B"},
            ],
        },
    ],
    scope="across",
    bad_rows=reported_by_several("certificate", ("certificate_key", "person_key")),
)
