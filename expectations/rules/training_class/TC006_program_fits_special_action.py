"""TC006: Each program belongs to one special action."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC006",
    dataset="training_class",
    severity="warning",
    fields=("special_action", "programs"),
    message="专项行动与项目标签不对应。",
    why="人次按专项行动和项目标签计入各项任务，两者不对应会计错任务。",
    fix=(
        "请核对：康养照护、南粤家政应填06，特种作业、高危行业安全应填08，文旅、粤菜师傅应填05，数智人才应填03，"
        "创业培训应填10，乡村工匠应填07。"
    ),
    basis="深人社发〔2025〕51号（一）至（十）",
    passes=[
        {"programs": "06", "special_action": "06"},
        {"programs": "02", "special_action": "04"},
        {"programs": "01;06", "special_action": "03"},
    ],
    fails=[{"programs": "06", "special_action": "05"}, {"programs": "08;09", "special_action": "01"}],
    bad_rows_where="""
        (
            case
                when
                    regexp_matches(programs, '06|07')
                    or regexp_matches(programs, '08|09')
                    or regexp_matches(programs, '04|05')
                    or regexp_matches(programs, '01')
                    or regexp_matches(programs, '11')
                    or regexp_matches(programs, '13')
                    then
                        (regexp_matches(programs, '06|07') and special_action = '06')
                        or (regexp_matches(programs, '08|09') and special_action = '08')
                        or (regexp_matches(programs, '04|05') and special_action = '05')
                        or (regexp_matches(programs, '01') and special_action = '03')
                        or (regexp_matches(programs, '11') and special_action = '10')
                        or (regexp_matches(programs, '13') and special_action = '07')
            end
        ) = false
    """,
)
