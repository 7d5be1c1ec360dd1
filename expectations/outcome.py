"""Findings about a whole file, and a submission's outcome, from its reading and its counts.

Pure: no SQL, no files. Findings about rows are `check`'s. Ends at `FileFinding` and `Outcome`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from warehouse.vocabulary import contract, policy
from warehouse.vocabulary import period as periods
from warehouse.vocabulary.contract import Severity
from warehouse.vocabulary.submission import REJECTED, FileProblem, Outcome, Reading, RemarkKind


def critical_share(period: str) -> float:
    """More than this share of rows critical: the whole submission goes back. As it holds at the period's end."""
    covered = periods.parse(period)
    return float(policy.number("critical_share", covered.end if covered else dt.date.max))


@dataclass(frozen=True)
class FileCheck:
    """A check of the whole file; `{…}` in the message is filled per finding."""

    code: str
    severity: Severity
    message: str
    why: str
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


FILE_CHECKS: dict[str, FileCheck] = {
    check.code: check
    for check in (
        FileCheck(
            "FL001",
            "critical",
            "无法识别文件的格式。{detail}",
            "系统只能读取表格文件，格式不明的文件读不出任何一行。",
            "请另存为 Excel 工作簿（xlsx 或 xls）、CSV 或 JSON 后重新报送。",
        ),
        FileCheck(
            "FL002",
            "critical",
            "文件已损坏，无法打开。{detail}",
            "损坏的文件读不出完整的数据，只读一部分会少算。",
            "请在本机打开检查，重新保存后再报送。",
        ),
        FileCheck(
            "FL003",
            "critical",
            "文件设有密码或已加密，无法打开。{detail}",
            "系统不会也不应猜测密码，加密的文件读不出任何一行。",
            "请取消密码或加密后重新报送。",
        ),
        FileCheck(
            "FL004",
            "critical",
            "文件是空的。{detail}",
            "空文件与“本期无数据”不是一回事，不能当作零计入。",
            "请确认导出成功后重新报送。",
        ),
        FileCheck(
            "FL005",
            "critical",
            "文件中找不到数据表：没有一行像表头。{detail}",
            "系统靠表头认出每一列的含义，没有表头就不知道各列是什么。",
            "请使用模板，保留表头一行，不要改动列名。",
        ),
        FileCheck(
            "FL006",
            "critical",
            "文件过大，未读取。{detail}",
            "过大的文件多半带有大量空行，会拖住其他单位的报送。",
            "请删除多余的工作表和空行，或按月份拆分后重新报送。",
        ),
        FileCheck(
            "FL007",
            "critical",
            "文件内容不是“{title}”。{detail}",
            "内容与数据种类不符时逐列检查没有意义，收下会把数据计错地方。",
            "请核对报送的数据种类，按正确的名称重新报送。",
        ),
        FileCheck(
            "FL008",
            "critical",
            "缺少必填的列“{title}”。",
            "缺少必填的列，每一行都不完整，整份文件无法计数。",
            "请补上这一列，列名写“{title}”，填好后重新报送。",
        ),
        FileCheck(
            "FL009",
            "critical",
            "有多列都被识别为“{title}”：{headers}。",
            "两列都像同一项内容时，系统不能替您决定用哪一列。",
            "请只保留一列，其余的改名或删除。",
        ),
        FileCheck(
            "FL010",
            "critical",
            "{critical} 行有须更正的问题，占全部 {received} 行的 {share}，超过 {limit}，整份退回。",
            "问题行过多，多半是整列错位或口径弄错，只收其余的行会使数字失真。",
            "请按下面列出的问题整份更正后重新报送。",
        ),
        FileCheck(
            "FL011",
            "info",
            "列“{header}”没有被识别，看上去像“{title}”。",
            "没有被识别的列不会读取，如果里面有应报的内容就会漏报。",
            "如果就是这一列，请把列名改为“{title}”。",
        ),
        FileCheck(
            "FL012",
            "info",
            "工作表“{sheet}”有 {count} 行被隐藏或筛选掉，已一并读取。",
            "隐藏的行也会计数，如果是不应报送的行就会多算。",
            "如不应报送，请删除这些行后重新报送。",
        ),
        FileCheck(
            "FL013",
            "info",
            "工作表“{sheet}”有 {count} 列被隐藏，已一并读取。",
            "隐藏的列也会读取，如果是旧的内容就会取代您看到的内容。",
            "如不应报送，请删除这些列后重新报送。",
        ),
        FileCheck(
            "FL014",
            "info",
            "工作表“{sheet}”是隐藏的，已一并读取。",
            "隐藏的工作表也会计数，如果是往期或草稿就会多算。",
            "如不应报送，请删除这张工作表后重新报送。",
        ),
        FileCheck(
            "FL015",
            "info",
            "工作表“{sheet}”有内容，但找不到表头，没有读取。",
            "没有读取的工作表如果有应报的数据，就会漏报。",
            "如果里面有应报送的数据，请补上表头后重新报送。",
        ),
        FileCheck(
            "FL016",
            "info",
            "工作簿带有宏，宏没有运行，只读取了单元格。",
            "宏可能改动单元格，没有运行宏时读到的值可能与您看到的不同。",
            "请另存为不带宏的 xlsx 后报送。",
        ),
        FileCheck(
            "FL017",
            "info",
            "工作簿引用了其他文件或数据源，这些引用没有打开，读取的是保存在单元格里的值。",
            "引用的内容可能没有更新，读到的值可能与来源不同。",
            "请核对这些单元格的值，最好粘贴为数值后报送。",
        ),
        FileCheck(
            "FL018",
            "warning",
            "第 {row} 行合计写的{what}是 {stated}，按读到的数据行计算是 {counted}。",
            "合计与明细不符，说明漏了行、多了行或合计写错，数字不可信。",
            "请核对是否漏报、多报了行，或更正合计数。",
        ),
        FileCheck(
            "FL019",
            "info",
            "压缩包里的“{name}”没有读取：{reason}",
            "没有读取的文件如果有应报的数据，就会漏报。",
            "如果里面有应报送的数据，请另存为 xlsx 或 csv 后重新报送。",
        ),
        FileCheck(
            "FL020",
            "info",
            "工作表“{sheet}”从名称看是填写示例，没有作为数据读取。",
            "示例不是真实的数据，计入会使数字虚高；真实的数据放在里面则会漏报。",
            "如果里面是应报送的数据，请改工作表的名称后重新报送。",
        ),
        FileCheck(
            "FL021",
            "critical",
            "这份更正工作簿没有可更正的报送。{detail}",
            "更正要落到原来的行上，找不到所更正的报送就无法合并。",
            "请用最近一份报告附的更正工作簿更正后报送，或重新报送整份文件。",
        ),
        FileCheck(
            "FL022",
            "warning",
            "“处理方式”一列有 {count} 行写的是“{text}”，已按“更正”处理。",
            "“处理方式”决定这一行是更正、作废还是说明，写法不明时只能按更正处理。",
            "“处理方式”只能写更正、作废或说明；如要作废这些行，请改写后再报送一次。",
        ),
        FileCheck(
            "FL023",
            "critical",
            "文件里没有数据行，也没有写明本期无数据。",
            "没有数据与漏报看上去一样，不写明就只能算未报送。",
            "如本期确无数据，请在表头下一行的第一列写“本期无数据”（JSON 加一个成员“说明”，值为“本期无数据”）"
            "后重新报送；"
            "如有数据，请检查导出是否成功。",
        ),
        FileCheck(
            "FL024",
            "critical",
            "这是更正工作簿，但不能并入原来的报送。{detail}",
            "更正工作簿只写明改动的行，认不出每一行是原来的哪一行就无法合并，当作整份文件又会丢掉其余的行。",
            "请取这份工作簿的原件（或最近一份报告附的更正工作簿），把更正填在里面，保留“原行号”一列，再按原渠道报送；"
            "要替换整份的，请用模板另做一份新文件。",
        ),
        FileCheck(
            "FL025",
            "critical",
            "这不是本单位的报送。{detail}",
            "放错文件夹的文件如果收下，会把别的单位的人员计入本单位，并替换本单位的数据。",
            "请移到所属单位的文件夹；如确是本单位的报送，请改正标题、填报单位或文件名后重新报送。",
        ),
        FileCheck(
            "FL026",
            "info",
            "文件放在部门的文件夹里，已按其中写明的区级单位 {unit} 收下。",
            "区级单位各有文件夹，放在部门的文件夹里容易被当作部门的报送。",
            "今后请放到文件夹 {folder}。",
        ),
        FileCheck(
            "FL027",
            "warning",
            "文件写明共有 {stated} 条，实际只有 {count} 条。",
            "系统分页导出时只取了一页，其余的人就漏报了。",
            "请导出全部页后重新报送；如确实只有这些，请改正文件里的总数。",
        ),
        FileCheck(
            "FL028",
            "critical",
            "{place}第 {row} 行又是一个表头，列的顺序与第一个不同。",
            "一张工作表里有两张表时，下面的行会按上面的表头读错列。",
            "请把两张表合成一张，或分放在两张工作表里，各用一个表头。",
        ),
        FileCheck(
            "FL029",
            "warning",
            "有 {count} 行的格数比表头多（第 {rows} 行），多出的部分没有读取。",
            "值里有逗号而没有加引号时，后面的内容会被切到表头以外。",
            "请给含有逗号的值加上双引号，或改用 xlsx 报送。",
        ),
        FileCheck(
            "FL041",
            "critical",
            "送回的是报告或问题清单，不是数据。{detail}",
            "问题清单只列出有问题的地方，里面没有可以计入的完整记录。",
            "请打开报告附的更正工作簿更正后送回；要替换整份的，请报送改好的原文件。",
        ),
        FileCheck(
            "FL042",
            "info",
            "{place}有 {count} 行（第 {rows} 行）只有模板预置的内容，没有填写人员或编号，已按空行处理。",
            "模板预置的序号、选项和公式不是记录；如果其中有漏填的人员，就会漏报。",
            "如其中有应报送的记录，请补填后重新报送；没有的，不用处理。",
        ),
        FileCheck(
            "FL043",
            "warning",
            "{place}末尾有 {count} 行（第 {rows} 行）没有人员或编号，其余各列都相同，已按模板预置的空行处理。",
            "多行除序号外完全相同，多半是向下填充的模板；如果是漏填了人员，这些人就会漏报。",
            "如是应报送的记录，请补填人员或编号后重新报送；不是的，请删除这些行。",
        ),
        FileCheck(
            "FL044",
            "info",
            "{place}第 {row} 行是又一个表头，其下的行按这个表头读取。",
            "一张工作表里有两张表时，各按自己的表头读取，列的顺序可以不同。",
            "请核对下面的行是否读对；今后请把两张表合成一张。",
        ),
        FileCheck(
            "FL045",
            "warning",
            "{place}第 {row} 行起是另一张表，像《{title}》，其下 {count} 行没有读取。",
            "一份文件只报一种数据，另一种数据的行按这里的表头读会全部读错。",
            "请把这张表另存为一份文件，按《{title}》报送；已另行报送或不需报送的，请从这里删除。",
        ),
    )
}
_REMARK_CODES: dict[RemarkKind, str] = {
    "near_miss": "FL011",
    "hidden_rows": "FL012",
    "hidden_columns": "FL013",
    "hidden_sheet": "FL014",
    "sheet_without_table": "FL015",
    "macros": "FL016",
    "external_links": "FL017",
    "total_differs": "FL018",
    "member_not_read": "FL019",
    "sheet_of_examples": "FL020",
    "unknown_action": "FL022",
    "no_rows": "FL023",
    "in_departments_folder": "FL026",
    "records_missing": "FL027",
    "second_header": "FL028",
    "surplus_cells": "FL029",
    "prepared_rows": "FL042",
    "rows_without_person": "FL043",
    "table_below": "FL044",
    "other_table": "FL045",
}
_LOOKS_LIKE = "文件里的“{header}”看上去像它，如果是，请把列名改为“{title}”后重新报送。"
_PROBLEM_CODES: dict[FileProblem, str] = {
    "unknown_kind": "FL001",
    "damaged": "FL002",
    "encrypted": "FL003",
    "empty": "FL004",
    "no_table": "FL005",
    "too_large": "FL006",
    "wrong_dataset": "FL007",
    "answers_nothing": "FL021",
    "rows_unidentified": "FL024",
    "wrong_unit": "FL025",
    "report_returned": "FL041",
}


def file_findings(dataset: str, reading: Reading, received: int, critical: int, share: float) -> Iterator[FileFinding]:
    """What is wrong with the file as a whole.

    Args:
        critical: how many rows have a critical finding.
        share: more critical rows than this share send the file back (`critical_share`).
    """
    dataset_contract = contract.dataset(dataset)
    if reading.problem:
        yield _finding(_PROBLEM_CODES[reading.problem], detail=reading.detail or "", title=dataset_contract.title)
        return  # one cause, one finding: another dataset's table lacks columns for that reason alone
    near = {remark.field: remark.values["header"] for remark in reading.remarks if remark.kind == "near_miss"}
    for name in reading.missing:
        title = dataset_contract.field(name).title
        finding = _finding("FL008", field=name, title=title)
        yield replace(finding, fix=_LOOKS_LIKE.format(header=near[name], title=title)) if name in near else finding
    for name, headers in reading.claimed_twice:
        yield _finding(
            "FL009",
            field=name,
            title=dataset_contract.field(name).title,
            headers="、".join(f"“{header}”" for header in headers),
        )
    if received and critical / received > share:
        shown = f"{int(critical / received * 1000) / 10:g}%"
        yield _finding("FL010", critical=str(critical), received=str(received), share=shown, limit=f"{share:.0%}")
    for remark in reading.remarks:
        if remark.kind == "near_miss" and remark.field in reading.missing:
            continue
        titled = {"title": dataset_contract.field(remark.field).title} if remark.field else {}
        yield _finding(_REMARK_CODES[remark.kind], field=remark.field, **titled, **remark.values)


def _finding(code: str, field: str | None = None, **values: str) -> FileFinding:
    check = FILE_CHECKS[code]
    return FileFinding(code, check.severity, field, None, check.message.format(**values), check.fix.format(**values))


def outcome(reading: Reading, findings: list[FileFinding], critical: int) -> Outcome:
    """Unreadable: no rows could be read. Rejected: the file as a whole is wrong. Else by its critical rows."""
    if reading.problem and reading.problem not in REJECTED:
        return "unreadable"
    if any(finding.severity == "critical" for finding in findings):
        return "rejected"
    return "partly_accepted" if critical else "accepted"
