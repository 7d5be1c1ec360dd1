"""CT027: One person gets one certificate of an occupation and level."""

from __future__ import annotations

from expectations.rule import rule

FIRST = "coalesce(status, '1') = '1' and occupation_code is not null and skill_level is not null"

rule(
    code="CT027",
    dataset="certificate",
    severity="warning",
    fields=("cert_no", "id_no", "occupation_code", "skill_level"),
    message="同一人同一职业同一等级有两本有效证书。",
    why="取证人次只计首次发证，第二本会使人次多算。",
    fix="请核对是否补换发；补换发的把证书状态填为补换发。",
    basis="数据报送约定：取证按首次发证计",
    passes=[
        {"id_no": "A", "cert_no": "1", "occupation_code": "4-10-01-05", "skill_level": "5"},
        {"id_no": "A", "cert_no": "2", "occupation_code": "4-10-01-05", "skill_level": "4"},
        {"id_no": "B", "cert_no": "3", "occupation_code": "4-10-01-05"},
        {"id_no": "B", "cert_no": "4", "occupation_code": "4-10-01-05"},
        {"id_no": "A", "cert_no": "5", "occupation_code": "4-10-01-05", "skill_level": "5", "status": "3"},
    ],
    fails=[
        {"id_no": "C", "cert_no": "1", "occupation_code": "4-10-01-05", "skill_level": "5"},
        {"id_no": "C", "cert_no": "2", "occupation_code": "4-10-01-05", "skill_level": "5", "status": "1"},
    ],
    pair=(f"case when {FIRST} then id_no end", "occupation_code", "skill_level"),
    apart="cert_no",
    bad_rows=f"""
        select submission_id, row_index
        from {{batch}}
        semi join (
            select submission_id, id_no, occupation_code, skill_level
            from {{batch}}
            where {FIRST}
            group by all
            having min(cert_no) <> max(cert_no)
        ) using (submission_id, id_no, occupation_code, skill_level)
        where {FIRST}
    """,
)
