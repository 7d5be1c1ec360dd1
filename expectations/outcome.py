"""What a file's reading and its counts mean: whole-file findings and the outcome. Pure; ends at records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from warehouse import contract
from warehouse.contract import Severity
from warehouse.submission import FileProblem, Outcome, Reading

CRITICAL_SHARE = 0.30
"""More than this share of rows critical: the whole submission goes back."""


@dataclass(frozen=True)
class FileCheck:
    """A check of the whole file; `{…}` in the message is filled per finding."""

    code: str
    severity: Severity
    message: str
    fix: str


@dataclass(frozen=True)
class FileFinding:
    """A finding about the file: no row, the field it is about if any."""

    rule: str
    severity: Severity
    field: str | None
    expected: str | None
    message: str
    fix: str


FILE_CHECKS: dict[str, FileCheck] = {check.code: check for check in (
    FileCheck("FL001", "critical", "无法识别文件的格式。{detail}",
              "请另存为 Excel 工作簿（xlsx 或 xls）、CSV 或 JSON 后重新报送。"),
    FileCheck("FL002", "critical", "文件已损坏，无法打开。{detail}", "请在本机打开检查，重新保存后再报送。"),
    FileCheck("FL003", "critical", "文件设有密码，无法打开。{detail}", "请取消密码后重新报送。"),
    FileCheck("FL004", "critical", "文件是空的。{detail}", "请确认导出成功后重新报送。"),
    FileCheck("FL005", "critical", "文件中找不到数据表：没有一行像表头。{detail}",
              "请使用模板，保留表头一行，不要改动列名。"),
    FileCheck("FL006", "critical", "文件过大，未读取。{detail}", "请删除多余的工作表和空行，或按月份拆分后重新报送。"),
    FileCheck("FL007", "critical", "文件内容不是“{title}”。{detail}", "请核对报送的数据种类，按正确的名称重新报送。"),
    FileCheck("FL008", "critical", "缺少必填的列“{title}”。", "请补上这一列，列名写“{title}”，填好后重新报送。"),
    FileCheck("FL009", "critical", "有多列都被识别为“{title}”：{headers}。", "请只保留一列，其余的改名或删除。"),
    FileCheck("FL010", "critical",
              "{critical} 行有须更正的问题，占全部 {received} 行的 {share}，超过 {limit}，整份退回。",
              "请按下面列出的问题整份更正后重新报送。"),
)}
_PROBLEM_CODES: dict[FileProblem, str] = {
    "unknown_kind": "FL001", "damaged": "FL002", "encrypted": "FL003", "empty": "FL004", "no_table": "FL005",
    "too_large": "FL006", "wrong_dataset": "FL007",
}


def file_findings(dataset: str, reading: Reading, received: int, critical: int,
                  share: float = CRITICAL_SHARE) -> Iterator[FileFinding]:
    """What is wrong with the file as a whole. `critical` counts the rows with a critical finding."""
    own = contract.dataset(dataset)
    if reading.problem:
        yield _finding(_PROBLEM_CODES[reading.problem], detail=reading.detail or "", title=own.title)
        return  # one cause, one finding: another dataset's table lacks columns for that reason alone
    for name in reading.missing:
        yield _finding("FL008", field=name, title=own.field(name).title)
    for name, headers in reading.claimed_twice:
        yield _finding("FL009", field=name, title=own.field(name).title,
                       headers="、".join(f"“{header}”" for header in headers))
    if received and critical / received > share:
        shown = f"{int(critical / received * 1000) / 10:g}%"
        yield _finding("FL010", critical=str(critical), received=str(received), share=shown, limit=f"{share:.0%}")


def _finding(code: str, field: str | None = None, **values: str) -> FileFinding:
    check = FILE_CHECKS[code]
    return FileFinding(code, check.severity, field, None, check.message.format(**values), check.fix.format(**values))


def outcome(reading: Reading, findings: list[FileFinding], critical: int) -> Outcome:
    """Unreadable: no rows could be read. Rejected: the file as a whole is wrong. Else by its critical rows."""
    if reading.problem and reading.problem != "wrong_dataset":
        return "unreadable"
    if findings:
        return "rejected"
    return "partly_accepted" if critical else "accepted"
