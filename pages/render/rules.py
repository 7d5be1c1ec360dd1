"""The pages of the rules: an index by dataset, and a page for every check. Ends at texts by place in the site.

Hundreds of them share one stylesheet beside them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from expectations.catalogue import plain
from pages import site_map, words
from pages.gather.rules import RuleFacts, World
from pages.render import environment
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.contract import Field, Severity

WHOLE_FILE, NOT_RUN = "整份文件", "尚未进行的检查"
"""Groups of the index beside the datasets."""
_EFFECTS: dict[Severity, str] = {
    "critical": "有这个问题的行暂存，不计入统计；更正后即可通过。",
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
class ExampleTable:
    """Rows of an example as they are shown; `title` is null where there is only one table."""

    title: str | None
    columns: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class RulePage:
    """One check in words; `groups`: the headings of the index under which it stands."""

    rule: RuleFacts
    groups: tuple[str, ...]
    message: str
    effect: str
    fix: str
    workbook_fix: str | None
    fields: tuple[str, ...]
    passes: Sequence[Sequence[ExampleTable]]
    fails: Sequence[Sequence[ExampleTable]]


def rule_files(rules: Sequence[RuleFacts]) -> dict[str, str]:
    """Place in the site → text: stylesheet, index, a page for every check."""
    pages = [rule_page(rule) for rule in rules]
    groups = dict.fromkeys(group for page in pages for group in page.groups)
    return {
        site_map.RULE_STYLE: environment.style(),
        site_map.RULES: environment.page("rules.html", pages=pages, groups=groups),
        **{site_map.rule(page.rule.code): environment.page("rule.html", page=page) for page in pages},
    }


def rule_page(rule: RuleFacts) -> RulePage:
    titles = words.field_titles(rule.datasets[0]) if rule.fields else {}
    return RulePage(
        rule=rule,
        groups=_groups(rule),
        message=f"{rule.message}。" if rule.kind == "not_run" else plain(rule.message),
        effect=_effect(rule),
        fix=plain(rule.fix) if rule.kind == "file" else rule.fix,
        workbook_fix=rule.workbook_fix and plain(rule.workbook_fix),
        fields=tuple(titles[name] for name in rule.fields),
        passes=[example_tables(world) for world in rule.passes],
        fails=[example_tables(world) for world in rule.fails],
    )


def _groups(rule: RuleFacts) -> tuple[str, ...]:
    datasets = tuple(words.dataset(name) for name in rule.datasets)
    if rule.kind == "file":
        return (WHOLE_FILE, *datasets)
    return (NOT_RUN,) if rule.kind == "not_run" else datasets


def _effect(rule: RuleFacts) -> str:
    if rule.severity is None:
        return rule.why
    return f"{contract.SEVERITY_KINDS[rule.severity]}：{_consequence(rule, rule.severity)}"


def _consequence(rule: RuleFacts, severity: Severity) -> str:
    if rule.kind == "across":
        return _ACROSS_EFFECT
    if rule.kind == "file" and severity == "critical":
        return _FILE_EFFECT
    return _FACT_EFFECT if rule.is_fact and severity == "warning" else _EFFECTS[severity]


def example_tables(world: World) -> list[ExampleTable]:
    return [example_table(name, rows, titled=len(world) > 1) for name, rows in world.items()]


def example_table(name: str, rows: Sequence[Mapping[str, Any]], titled: bool) -> ExampleTable:
    fields = {field.name: field for field in contract.dataset(name).fields} if name in contract.names() else {}
    columns = list(dict.fromkeys(column for row in rows for column in row))
    title = words.dataset(name) if fields else _TABLE_TITLES.get(name, name)
    return ExampleTable(
        title if titled else None,
        [_header(column, fields) for column in columns],
        [_example_line(row, columns, fields) for row in rows],
    )


def _header(column: str, fields: Mapping[str, Field]) -> str:
    sent = column.removesuffix("__sent")
    if sent in fields:
        return fields[sent].title + ("（原文）" if sent != column else "")
    return _PLACE_TITLES.get(column) or _common_titles().get(column, column)


@functools.cache
def _common_titles() -> dict[str, str]:
    """Field → its title in the first contract that has it: tables made for rules keep the fields' names."""
    return {field.name: field.title for dataset in reversed(contract.datasets()) for field in dataset.fields}


def _example_line(row: Mapping[str, Any], columns: Sequence[str], fields: Mapping[str, Field]) -> list[str]:
    return [example_value(row[column], fields.get(column)) if column in row else "" for column in columns]


def example_value(value: Any, field: Field | None) -> str:
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
