"""TC022: Programmes that TC006 does not name belong to one special action too."""

from __future__ import annotations

from expectations.rule import rule

# Programs that TC006 judges are left to it.
rule(
    code="TC022",
    dataset="training_class",
    severity="warning",
    fields=("special_action", "programs"),
    message="专项行动与项目标签不对应。",
    why="项目标签和专项行动都用来归集人次，互相矛盾时不知道计入哪一条。",
    fix="请核对：施工现场专业人员、农民工提升训练应填04，网络与新业态从业人员应填05，退役军人适应性培训应填01。",
    basis="深人社发〔2025〕51号（一）（四）（五）",
    passes=[
        {"programs": "03", "special_action": "04"},
        {"programs": "03;06", "special_action": "06"},
        {"programs": "02;14", "special_action": "05"},
        {"programs": "12", "special_action": "02"},
    ],
    fails=[{"programs": "15", "special_action": "02"}, {"programs": "02", "special_action": "08"}],
    bad_rows_where="""
        (regexp_matches(programs, '02|03') or regexp_matches(programs, '14') or regexp_matches(programs, '15'))
        and not regexp_matches(programs, '01|04|05|06|07|08|09|11|13')
        and not (
            (regexp_matches(programs, '02|03') and special_action = '04')
            or (regexp_matches(programs, '14') and special_action = '05')
            or (regexp_matches(programs, '15') and special_action = '01')
        )
    """,
)
