"""The pages of the rules: an index by dataset, and one page for every check there is. Ends at texts.

They say the same facts that run, so they need no data root; hundreds of them share one stylesheet beside them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from expectations import compiled
from expectations.catalogue import plain
from expectations.compiled import ACROSS, Check
from expectations.missing_source import missing_sources
from expectations.outcome import FILE_CHECKS
from pages import site_map, words
from pages.render import environment
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.contract import Field, Severity

WHOLE_FILE, NOT_RUN = "整份文件", "尚未进行的检查"
"""Groups of the index beside the datasets."""
_EFFECTS: dict[Severity, str] = {
    "critical": "有这个问题的行暂存，不计入统计；更正后重新报送即可接受。",
    "warning": "不影响接收；请核对，有错的请更正，无误的可以说明。",
    "info": "不影响接收，仅供参考。",
}
_FACT_EFFECT = "不影响接收，但这一格的值不进入统计；请更正后重新报送。"
_FILE_EFFECT = "整份文件不接收；更正后请重新报送整份文件。"
_ACROSS_EFFECT = "要与其他报送核对，每次运行都重新判断；不影响接收，请核对。"
# Columns and tables of examples that no contract names.
_PLACE_TITLES = {
    "submission_id": "报送",
    "row_index": "行",
    "unit_code": "报送单位",
    "department_code": "报送部门",
    "period": "报告期",
    "period_start_date": "报告期第一天",
    "period_end_date": "报告期最后一天",
    "person_key": "人（代号）",
    "certificate_key": "证书（代号）",
    "certificate_org_code": "证书编号前13位",
    "metric_id": "指标",
    "lowest": "明细最少数",
    "highest": "明细最多数",
    "number": "信用代码或载体编号",
    "persons": "参训人数",
    "completers": "结业人数",
    "dataset": "数据",
    "received_rows": "行数",
    "sha256": "文件内容",
    "row_token": "行的内容",
}
_TABLE_TITLES = {
    "known_class": "已报送的班级",
    "known_institution": "目录中的机构",
    "known_issuer": "目录中的评价机构",
    "recount": "按明细统计的数",
    "listed_institution": "各期目录",
    "known_participation": "各班已报送的学员",
    "known_certificate": "已报送的证书",
    "submitted": "各期报送",
    "superseded_training_class": "上一版的班级",
    "superseded_certificate": "上一版的证书",
}


@dataclass(frozen=True)
class Table:
    """Rows of an example as they are shown; `title` is null where there is only one table."""

    title: str | None
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class RulePage:
    """Everything that is said about one check; `groups`: the headings of the index under which it stands."""

    code: str
    groups: tuple[str, ...]
    message: str
    severity: Severity | None
    effect: str
    why: str = ""
    fix: str = ""
    fields: tuple[str, ...] = ()
    basis: str | None = None
    dates: str = ""
    unless: tuple[str, ...] = ()
    passes: Sequence[Sequence[Table]] = ()
    fails: Sequence[Sequence[Table]] = ()
    sql: str | None = None


def pages() -> tuple[RulePage, ...]:
    """Every check in the order of the index: of whole files, by dataset rules before facts, what cannot run yet."""
    found = {page.code: page for page in _file_pages()}
    across = compiled.load(ACROSS)
    for dataset in contract.datasets():
        own = sorted(
            (*compiled.load(dataset.name), *(check for check in across if check.dataset == dataset.name)),
            key=lambda check: check.is_fact,
        )
        for check in own:
            known = found.get(check.code)
            found[check.code] = (
                replace(known, groups=(*known.groups, dataset.title)) if known else _page(check, check in across)
            )
    return (
        *found.values(),
        *(
            RulePage(one.code, (NOT_RUN,), f"{one.what}。", severity=None, effect=one.reason)
            for one in missing_sources()
        ),
    )


def _file_pages() -> Iterator[RulePage]:
    for check in FILE_CHECKS.values():
        effect = _FILE_EFFECT if check.severity == "critical" else _EFFECTS[check.severity]
        yield RulePage(
            check.code, (WHOLE_FILE,), plain(check.message), check.severity, effect, why=check.why, fix=plain(check.fix)
        )


def _page(check: Check, is_across: bool) -> RulePage:
    titles = words.field_titles(check.dataset)
    examples = compiled.examples().get(check.code, {}).get(check.dataset)
    return RulePage(
        check.code,
        (contract.dataset(check.dataset).title,),
        plain(check.message),
        check.severity,
        _effect(check, is_across),
        why=check.why,
        fix=check.fix,
        fields=tuple(titles[name] for name in check.fields),
        basis=check.basis,
        dates=check.dates,
        unless=check.unless,
        sql=check.sql,
        passes=[_tables(world) for world in examples.passes] if examples else (),
        fails=[_tables(world) for world in examples.fails] if examples else (),
    )


def _effect(check: Check, is_across: bool) -> str:
    if is_across:
        return _ACROSS_EFFECT
    return _FACT_EFFECT if check.is_fact and check.severity == "warning" else _EFFECTS[check.severity]


def _tables(world: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Table]:
    return [_table(name, rows, titled=len(world) > 1) for name, rows in world.items()]


def _table(name: str, rows: Sequence[Mapping[str, Any]], titled: bool) -> Table:
    fields = {field.name: field for field in contract.dataset(name).fields} if name in contract.names() else {}
    columns = list(dict.fromkeys(column for row in rows for column in row))
    title = contract.dataset(name).title if fields else _TABLE_TITLES.get(name, name)
    return Table(
        title if titled else None,
        [_column(column, fields) for column in columns],
        [[_cell(row[column], fields.get(column)) if column in row else "" for column in columns] for row in rows],
    )


def _column(column: str, fields: Mapping[str, Field]) -> str:
    sent = column.removesuffix("__sent")
    if sent in fields:
        return fields[sent].title + ("（原文）" if sent != column else "")
    return _PLACE_TITLES.get(column) or _common_titles().get(column, column)


@functools.cache
def _common_titles() -> dict[str, str]:
    """Field → its title in the first contract that has it: tables made for rules keep the fields' names."""
    return {field.name: field.title for dataset in reversed(contract.datasets()) for field in dataset.fields}


def _cell(value: Any, field: Field | None) -> str:
    """A value of an example as a clerk writes it: yuan, 是 and 否, a code with its name."""
    if value is None:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if field and field.kind == "money":
        return f"{int(value) / 100:.2f}"
    if field and field.code_list and field.kind in ("code", "list"):
        names = reference.codes(field.code_list)
        return "；".join(f"{code} {names[code]}" if code in names else code for code in str(value).split(";"))
    return str(value)


def rule_pages() -> Iterator[tuple[str, str]]:
    """Every file of the rules' part of the site: its path below the site's root and its text."""
    every = pages()
    yield site_map.RULE_STYLE, environment.style()
    yield (
        site_map.RULES,
        environment.page(
            "rules.html", pages=every, groups=dict.fromkeys(group for page in every for group in page.groups)
        ),
    )
    for page in every:
        yield site_map.rule(page.code), environment.page("rule.html", page=page)
