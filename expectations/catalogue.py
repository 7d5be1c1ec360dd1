"""The catalogue of all checks in Chinese (`RULES.md`), from the same facts that run.

Ends at Markdown text: `compile.py` writes it, `report/rule_page.py` makes the pages of single rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from expectations.compiled import ACROSS, Check
from expectations.missing_source import missing_sources
from expectations.outcome import FILE_CHECKS
from warehouse.vocabulary import contract, reference

_HEAD = """# 校验规则目录

由 `python -m expectations.compile` 生成，请勿手工修改。字段规则来自数据合同（`warehouse/contracts/`），
关系规则在 `expectations/rules/` 下一条一个文件。
“须更正”（强制性审核）的行暂存，整份文件的“须更正”使文件整份退回；“须核对”（核实性审核）和“供参考”（提示性审核）不影响接收，其中字段规则所指的值不进入统计。
“适用期间”指报告期最后一天在其中的报送；空白为一直适用。"""

_FACT = ("编号", "程度", "字段", "问题", "为什么", "如何改正")
"""A field's fact rests on its contract and has no dates."""
_RULE = (*_FACT, "依据", "适用期间")
_THRESHOLD = ("门槛", "自", "至", "值", "依据")
_MISSING = ("编号", "数据", "要核对什么", "为什么没有做")


def render(checks: Mapping[str, Sequence[Check]]) -> str:
    """Markdown: whole files, then rules and field facts by dataset, then rules across submissions."""
    parts = [
        _HEAD,
        "## 整份文件",
        _table(
            _FACT,
            [
                (
                    check.code,
                    contract.SEVERITY_TITLES[check.severity],
                    "",
                    plain(check.message),
                    check.why,
                    plain(_cure(check.fix, check.workbook_fix)),
                )
                for check in FILE_CHECKS.values()
            ],
        ),
    ]
    every_check = [check for of_dataset in checks.values() for check in of_dataset]
    shared = {check.code: check for check in every_check if check.code.startswith("PN")}
    parts += [
        "## 人员（各实名制数据共用）",
        _table(_RULE, [_rule_row(check, "training_record") for _, check in sorted(shared.items())]),
    ]
    for dataset in contract.datasets():
        parts.append(f"## {dataset.title}（`{dataset.name}`）")
        of_dataset = [check for check in checks[dataset.name] if check.code not in shared]
        facts = [check for check in of_dataset if check.is_fact]
        relations = [check for check in of_dataset if check.basis or not check.is_fact]
        parts.append(_table(_RULE, [_rule_row(check, dataset.name) for check in relations]))
        fact_rows = [_rule_row(check, dataset.name)[: len(_FACT)] for check in facts]
        parts += [f"<details><summary>字段规则（{len(facts)} 条）</summary>", _table(_FACT, fact_rows), "</details>"]
    parts += ["## 与其他报送核对", _table(_RULE, [_rule_row(check, check.dataset) for check in checks[ACROSS]])]
    parts += [
        "## 尚未进行的检查",
        _table(
            _MISSING,
            [(missing.code, _titles(missing.datasets), missing.what, missing.reason) for missing in missing_sources()],
        ),
    ]
    parts += ["## 随法规和政策变动的门槛", "取自 `warehouse/reference/thresholds.csv`，按各行自己的日期取值。"]
    parts.append(
        _table(
            _THRESHOLD,
            [
                (row["what_zh"], row["since"], row["until"], f"{row['value']} {row['unit']}", row["basis"])
                for row in reference.table("thresholds")
            ],
        )
    )
    return "\n\n".join(parts) + "\n"


def _titles(datasets: Sequence[str]) -> str:
    return "、".join(contract.dataset(name).title for name in datasets)


def _rule_row(check: Check, dataset: str) -> tuple[str, ...]:
    titles = {field.name: field.title for field in contract.dataset(dataset).fields}
    return (
        check.code,
        contract.SEVERITY_TITLES[check.severity],
        "、".join(titles.get(name, name) for name in check.fields),
        plain(check.message),
        check.why,
        _cure(check.fix, check.workbook_fix),
        check.basis or "",
        check.dates,
    )


def _cure(fix: str, workbook_fix: str | None) -> str:
    return f"{fix}在更正工作簿里：{workbook_fix}" if workbook_fix else fix


def plain(text: str) -> str:
    """A message without what is filled per finding."""
    return re.sub(r"[{]\w+[}]", "…", text.replace("{detail}", "").replace(" {rows} ", "若干"))


def _table(head: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    lines += map(_line, rows)
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"
