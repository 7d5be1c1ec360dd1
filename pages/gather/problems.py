"""What goes wrong most: the rules with most findings and the files that fit no feed, of one department, of one of its
units or of all."""

from __future__ import annotations

from typing import Any

from pages.gather.sources import Sources

_TOP_RULES = """
select f.rule, f.severity, min(f.message) as message, min(f.fix) as fix,
    count(*) as findings, count(distinct f.submission_id) as submissions
from finding as f
inner join submission as s using (submission_id)
where s.represents_key and ($code is null or s.department_code = $code) and ($unit is null or s.unit_code = $unit)
    and f.severity <> 'info'
group by f.rule, f.severity
order by f.severity, findings desc, f.rule
limit 20
"""
_UNRECOGNISED = """
from delivery where problem is not null and ($code is null or department_code = $code) order by delivery_order
"""


def top_rules(sources: Sources, department: str | None = None, unit: str | None = None) -> list[dict[str, Any]]:
    """rule, severity, message, fix, findings, submissions; over what stands or was returned last, errors first, at most
    20."""
    return sources.rows(_TOP_RULES, code=department, unit=unit)


def unrecognised(sources: Sources, department: str | None = None) -> list[dict[str, Any]]:
    """Rows of `told/delivery.parquet` with a problem, in order of arrival."""
    return sources.rows(_UNRECOGNISED, code=department)
