"""What people write in the place of a score: a grade (优秀, B), a result (合格), or why there is none (缺考).

Ends at telling that a text is one; what it means for the row is judged by `expectations`.
"""

from __future__ import annotations

import re

from warehouse.vocabulary import reference

_GRADE = re.compile(
    r"[优良中差甲乙丙丁](?:等|秀|好|级)?|[A-E][+-]?级?|(?:免|缓|补)考|[未已](?:考|参加考试)", re.IGNORECASE
)


def is_grade(tidied: str) -> bool:
    """优秀, 良, A+, 合格, 缺考 and the like."""
    return bool(_GRADE.fullmatch(tidied)) or reference.normalise(tidied) in reference.aliases("pass_fail")
