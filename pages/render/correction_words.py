"""A finding in the words of a correction workbook: why, where, what to do, and with which other row.

Names stand for codes, and rows and columns for cells, since the workbook's cells are others than the file's. Ends at
texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from expectations.compiled import Check
from pages.gather.findings import Finding
from pages.render.row_groups import partners
from warehouse.vocabulary import reference
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.correction_columns import ACTION, KEEP, WITHDRAW

CHOOSE_ONE = (
    f"这几行说的是同一件事，只能保留一行：保留的一行“{ACTION}”选“{KEEP}”，其余的选“{WITHDRAW}”；"
    "都是真实的，改正填错的格子。"
)
"""Stands at 处理方式 in each of several rows on one key."""
_LONG_CODES = frozenset({"occupations_2022", "gbt4754_2017", "gbt2260"})
"""Lists of which people write the code: it is shown with its name."""


@dataclass(frozen=True)
class Words:
    """What is said of a submission's findings.

    `headers`: field → the column's header as its sender wrote it.
    """

    dataset: Dataset
    checks: Mapping[str, Check]
    headers: Mapping[str, str]

    def fields(self, finding: Finding) -> list[str]:
        """All fields that the finding's rule looks at, the finding's first."""
        check = self.checks.get(finding["rule"])
        fields = dict.fromkeys((finding["field"], *(check.fields if check else ())))
        return [name for name in fields if name in self.headers]

    def columns(self, names: Iterable[str]) -> str:
        return "、".join(f"“{self.headers[name]}”" for name in names if name in self.headers)

    def note(self, finding: Finding) -> str:
        """Why, what was received as far as it may be shown, what is expected, what is judged together, and what to
        do; of rows that do not go together, what differs says enough."""
        if partners(finding):
            return f"{reason(finding)}{_answer(finding) or fix(finding)}"
        received = self._named(finding["field"], finding["value"])
        expected = self._named(finding["field"], finding["expected"])
        judged = self.fields(finding)
        return "".join(
            (
                reason(finding),
                f"收到：{received}。" if received is not None else "",
                f"应为：{expected}。" if expected else "",
                f"这几列要放在一起看：{self.columns(judged)}，改了其中一列，其他列会重新校验。"
                if len(judged) > 1
                else "",
                _answer(finding) or fix(finding),
            )
        )

    def beside(self, finding: Finding) -> str:
        """What stands at the other columns that the rule looks at."""
        first, *_ = self.fields(finding)
        return f"与“{self.headers[first]}”一并核对：{finding['message']}"

    def place(self, finding: Finding) -> str:
        """The row of the file as it was sent."""
        return "整份文件" if finding["row"] is None else f"第{finding['row']}行"

    def _named(self, name: str | None, text: str | None) -> str | None:
        """A code with its name; any other text as it is."""
        field = next((field for field in self.dataset.fields if field.name == name), None)
        if text is None or field is None or field.code_list is None:
            return text
        meant = reference.codes(field.code_list).get(text)
        if meant is None:
            return text
        return f"{text} {meant}" if field.code_list in _LONG_CODES else meant


def reason(finding: Finding) -> str:
    """The message, and what is told of this row alone: its partners."""
    return f"{finding['message']}{finding.get('detail') or ''}"


def fix(finding: Finding) -> str:
    """What to do in the workbook."""
    return str(finding.get("workbook_fix") or finding["fix"])


def opinion(findings: Sequence[Finding]) -> str:
    """What is wrong with a row, in one cell."""
    return "；".join(reason(finding).rstrip("。") for finding in findings) + "。"


def _answer(finding: Finding) -> str:
    """What was said in answer to it, if anything was."""
    if finding["explanation"]:
        return f"已说明：{finding['explanation']}"
    return f"按例外 {finding['exception_id']} 放行。" if finding["exception_id"] else ""
