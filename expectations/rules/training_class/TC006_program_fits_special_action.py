"""TC006: Each program belongs to one special action."""

from __future__ import annotations

from expectations.rule import rule

ACTIONS = {"06|07": "06", "08|09": "08", "04|05": "05", "01": "03", "11": "10", "13": "07"}
"""Program codes → the special action that they belong to."""
_HAS = [f"regexp_matches(programs, '{programs}')" for programs in ACTIONS]
CASES = (
    f"case when {' or '.join(_HAS)} then "
    + " or ".join(
        f"({has} and special_action = '{action}')" for has, action in zip(_HAS, ACTIONS.values(), strict=True)
    )
    + " end"
)

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
    bad_rows_where=f"""
        ({CASES}) = false
    """,
)
