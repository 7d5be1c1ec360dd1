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

TOLERATED = ("critical_share", "small_file_rows", "small_file_causes")
"""What of `policy.csv` decides whether a submission goes back whole."""


@dataclass(frozen=True)
class Counts:
    """Rows of a submission; of those with a critical finding also `causes`: in how many fields."""

    received: int = 0
    critical: int = 0
    causes: int = 0


@dataclass(frozen=True)
class Tolerance:
    """More than this share of rows critical: the whole submission goes back. Of a small one causes are counted, not
    rows: two typing errors of one kind among five rows say nothing of the other three."""

    share: float
    small_rows: int
    small_causes: int

    def sends_back(self, counts: Counts) -> bool:
        if not counts.received or counts.critical / counts.received <= self.share:
            return False
        return (
            counts.received > self.small_rows
            or counts.causes > self.small_causes
            or counts.critical == counts.received  # nothing would be left
        )


def tolerance(period: str) -> Tolerance:
    """What holds at the period's end."""
    covered = periods.parse(period)
    share, rows, causes = (policy.number(name, covered.end if covered else dt.date.max) for name in TOLERATED)
    return Tolerance(float(share), int(rows), int(causes))


@dataclass(frozen=True)
class FileCheck:
    """A check of the whole file; `{…}` in the message is filled per finding."""

    code: str
    severity: Severity
    message: str
    why: str
    fix: str
    workbook_fix: str | None = None


@dataclass(frozen=True)
class FileFinding:
    """A finding about the file: no row, the field it is about if any."""

    rule: str
    severity: Severity
    field: str | None
    expected: str | None
    message: str
    fix: str
    workbook_fix: str


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
            "请把原文件按月份拆分后重新报送。",
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
            "请在原文件中把多余的一列改名后，整份重新报送；列名不能在更正工作簿里更正。",
        ),
        FileCheck(
            "FL010",
            "critical",
            "{critical} 行有须更正的问题，占全部 {received} 行的 {share}，超过 {limit}{causes}，整份退回。",
            "问题行过多，多半是整列错位或口径弄错，只收其余的行会使数字失真。",
            "请按下面列出的问题整份更正后重新报送。",
            "请逐行更正着色的单元格，不应报送的行“处理方式”填“作废”，然后报送这份工作簿。",
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
            "如不应报送，这些行的“处理方式”填“作废”。",
        ),
        FileCheck(
            "FL013",
            "info",
            "工作表“{sheet}”有 {count} 列被隐藏，已一并读取。",
            "隐藏的列也会读取，如果是旧的内容就会取代您看到的内容。",
            "如不应报送，请删除这些列后重新报送。",
            "如不应报送，请把原文件的这些列清空后整份重新报送；列不能在更正工作簿里取消。",
        ),
        FileCheck(
            "FL014",
            "info",
            "工作表“{sheet}”是隐藏的，已一并读取。",
            "隐藏的工作表也会计数，如果是往期或草稿就会多算。",
            "如不应报送，请删除这张工作表后重新报送。",
            "如不应报送，这些行的“处理方式”填“作废”。",
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
            "有 {count} 行的格数比表头多（第 {rows} 行），多出的一列没有列名，没有读取。",
            "没有列名的列不知道是什么内容，里面如有应报的内容就会漏报；表头少写一列时，后面各列还会错位。",
            "请核对表头是否少写了列名，补齐后重新报送；多出的一列不应报送的，不必处理。",
        ),
        FileCheck(
            "FL030",
            "critical",
            "文件里的汉字是乱码，认不出表头。{detail}",
            "汉字变成乱码以后，列名、姓名和单位都认不出来，一行也读不了。",
            "请从原系统重新导出，编码选 UTF-8 或 GBK，或导出为 xlsx；先用记事本打开，看到的汉字正确再报送。",
        ),
        FileCheck(
            "FL031",
            "warning",
            "文件写明数据分多页，{said}，其他页的数据没有报来。",
            "系统分页导出时只取了一页，其余的人就漏报了。",
            "请导出全部页后重新报送；如确实只有这些，请更正文件里的分页信息。",
        ),
        FileCheck(
            "FL051",
            "warning",
            "送回的更正工作簿比原来少了 {count} 行（原{rows}）。删除不等于作废，这些行仍按原来的内容保留。",
            "工作簿里没有的行，系统无法认定是不应报送还是误删，所以照旧保留。",
            "不应报送的行，请在新的更正工作簿里保留该行，“处理方式”填“作废”后报送；误删的不必处理。",
        ),
        FileCheck(
            "FL052",
            "warning",
            "有 {count} 行（{rows}）“处理方式”填了“说明”，“情况说明”却是空的，没有作为说明处理。",
            "没有理由的说明无法采信，提醒仍然存在。",
            "属实的，请在“情况说明”写明理由后再报送一次；确有错误的，请改正。",
        ),
        FileCheck(
            "FL053",
            "warning",
            "有 {count} 行（{rows}）写了“情况说明”，但“处理方式”没有填“说明”，这一行也没有改动，没有作为说明处理。",
            "“处理方式”决定这一行是更正、作废还是说明，没有填就不能替您认定。",
            "属实的，请在“处理方式”填“说明”后再报送一次；确有错误的，请改正。",
        ),
        FileCheck(
            "FL054",
            "warning",
            "有 {count} 行（{rows}）“处理方式”填了“更正”，这一行却没有一格改动。",
            "填了“更正”而没有改动的行，仍按原来的内容校验。",
            "请改正着色的格后再报送一次；不应报送的行填“作废”，提醒属实的填“说明”并写明理由。",
        ),
        FileCheck(
            "FL055",
            "warning",
            "这份更正工作簿没有任何更正：没有改动一格，也没有作废、新增或说明。",
            "没有改动的工作簿并入以后，与原来的报送完全一样。",
            "请核对报送的是不是改好、保存过的那一份，改好后再报送一次。",
        ),
        FileCheck(
            "FL056",
            "warning",
            "更正工作簿里找不到 {headers} 列，按没有改动处理，原来的内容保留。",
            "列被删除或列名改得认不出时，如果当作清空就会丢掉原来的内容。",
            "这些列里有更正的，请恢复列和列名后再报送一次；没有更正的不必处理。",
        ),
        FileCheck(
            "FL057",
            "info",
            "“原行号”一列有 {count} 行没有写工作表名，已按原文件中相应的行认定。",
            "只写行号时，有几张工作表就可能认错行。",
            "今后请保留“原行号”一列原来的内容。",
        ),
        FileCheck(
            "FL058",
            "warning",
            "有 {count} 格（{rows}）在另一份更正里也改过，以本次填写的为准。",
            "两份更正改了同一格，只能保留一个值，后送达的为准。",
            "请与另一份更正的填报人核对“本次更正内容”所列的格；应以前一份为准的，请改回后报送。",
        ),
        FileCheck(
            "FL059",
            "warning",
            "有 {count} 格没有标注问题，本次却作了改动：{rows}，{titles}。",
            "证件号码、编号、日期等关键列决定这一行是谁、计在哪里，金额决定计多少，无意改动会把数字改错。",
            "请核对“本次更正内容”所列的格：属实的不必处理；误改的，请改回后报送。",
        ),
        FileCheck(
            "FL060",
            "info",
            "这份更正工作簿里的更正此前都已并入，本次没有新的改动。",
            "同一份更正送了两次，或另一份更正已改成同样的内容，再并入一次结果不变。",
            "不必处理；如还有没改的行，请用新报告附的更正工作簿更正后报送。",
        ),
        FileCheck(
            "FL070",
            "warning",
            "工作表“{sheet}”的 {count} 行在工作表“{original}”里都有，是它的副本，只读取了一份。",
            "同一批记录报两遍会多算；如果这张工作表本应是另外的数据，那些数据就漏报了。",
            "如是副本，今后请删除这张工作表再报送，这一次不必改；如应是另外的数据，请填好后重新报送。",
            "如是副本，不必处理，这张工作表的行没有计入；如应是另外的数据，请填好后整份重新报送。",
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
            "如其中有应报送的记录，请加在末尾的新行，“原行号”留空；没有的，不用处理。",
        ),
        FileCheck(
            "FL043",
            "warning",
            "{place}末尾有 {count} 行（第 {rows} 行）没有人员或编号，其余各列都相同，已按模板预置的空行处理。",
            "多行除序号外完全相同，多半是向下填充的模板；如果是漏填了人员，这些人就会漏报。",
            "如是应报送的记录，请补填人员或编号后重新报送；不是的，请删除这些行。",
            "如是应报送的记录，请连同人员或编号加在末尾的新行，“原行号”留空；不是的，不用处理。",
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
            "这张表没有读取，不在更正工作簿里；需要报送的，请另存为一份文件，按《{title}》报送。",
        ),
        FileCheck(
            "FL046",
            "warning",
            "文件里写的报告期是{said}，这份报送按{period}收下。",
            "标题与文件名的报告期不一致，可能是误用了别的月份的文件，也可能是标题忘了改。",
            "如是{said}的数据，请改正文件名后重新报送，并报送{period}的数据；只是标题忘了改的，请改正标题。",
            "如是{said}的数据，请把原文件改正文件名后重新报送，并报送{period}的数据；只是标题忘了改的，不用处理。",
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
    "pages_missing": "FL031",
    "rows_deleted": "FL051",
    "explained_without_reason": "FL052",
    "reason_without_action": "FL053",
    "corrected_without_change": "FL054",
    "nothing_changed": "FL055",
    "merged_already": "FL060",
    "columns_gone": "FL056",
    "places_without_sheet": "FL057",
    "changed_by_two": "FL058",
    "changed_unmarked": "FL059",
    "copied_sheet": "FL070",
    "prepared_rows": "FL042",
    "rows_without_person": "FL043",
    "table_below": "FL044",
    "other_table": "FL045",
    "other_period": "FL046",
}
_LOOKS_LIKE = "文件里的“{header}”看上去像它，如果是，请把列名改为“{title}”后重新报送。"
_PROBLEM_CODES: dict[FileProblem, str] = {
    "unknown_kind": "FL001",
    "damaged": "FL002",
    "encrypted": "FL003",
    "empty": "FL004",
    "garbled": "FL030",
    "no_table": "FL005",
    "too_large": "FL006",
    "wrong_dataset": "FL007",
    "answers_nothing": "FL021",
    "rows_unidentified": "FL024",
    "wrong_unit": "FL025",
    "report_returned": "FL041",
}


def file_findings(dataset: str, reading: Reading, counts: Counts, tolerance: Tolerance) -> Iterator[FileFinding]:
    """What is wrong with the file as a whole."""
    dataset_contract = contract.dataset(dataset)
    if reading.problem:
        yield _finding(_PROBLEM_CODES[reading.problem], detail=reading.detail or "", title=dataset_contract.title)
        return  # one cause, one finding: another dataset's table lacks columns for that reason alone
    near = {remark.field: remark.values["header"] for remark in reading.remarks if remark.kind == "near_miss"}
    for name in reading.missing:
        title = dataset_contract.field(name).title
        finding = _finding("FL008", field=name, title=title)
        cure = _LOOKS_LIKE.format(header=near.get(name), title=title)
        yield replace(finding, fix=cure, workbook_fix=cure) if name in near else finding
    for name, headers in reading.claimed_twice:
        yield _finding(
            "FL009",
            field=name,
            title=dataset_contract.field(name).title,
            headers="、".join(f"“{header}”" for header in headers),
        )
    if tolerance.sends_back(counts):
        is_small = counts.received <= tolerance.small_rows
        yield _finding(
            "FL010",
            critical=str(counts.critical),
            received=str(counts.received),
            share=f"{int(counts.critical / counts.received * 1000) / 10:g}%",
            limit=f"{tolerance.share:.0%}",
            causes=f"，出在 {counts.causes} 项内容上" if is_small and counts.causes > tolerance.small_causes else "",
        )
    for remark in reading.remarks:
        if remark.kind == "near_miss" and remark.field in reading.missing:
            continue
        titled = {"title": dataset_contract.field(remark.field).title} if remark.field else {}
        yield _finding(_REMARK_CODES[remark.kind], field=remark.field, **titled, **remark.values)


def _finding(code: str, field: str | None = None, **values: str) -> FileFinding:
    check = FILE_CHECKS[code]
    message, fix = check.message.format(**values), check.fix.format(**values)
    workbook_fix = check.workbook_fix.format(**values) if check.workbook_fix else fix
    return FileFinding(code, check.severity, field, None, message, fix, workbook_fix)


def outcome(reading: Reading, findings: list[FileFinding], critical: int) -> Outcome:
    """Unreadable: no rows could be read. Rejected: the file as a whole is wrong. Else by its critical rows."""
    if reading.problem and reading.problem not in REJECTED:
        return "unreadable"
    if any(finding.severity == "critical" for finding in findings):
        return "rejected"
    return "partly_accepted" if critical else "accepted"
