"""How numbers, dates, names and states are said in Chinese on every page. Ends at single words and values."""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from warehouse.vocabulary import clock, contract, period, reference
from warehouse.vocabulary.privacy import redact

SHOWN_CHARACTERS = 200
"""Longer texts of a sender are cut on pages; JSON and CSV carry them whole."""

OUTCOMES: dict[str, str] = {
    "accepted": "校验通过",
    "partly_accepted": "部分通过",
    "rejected": "退回",
    "unreadable": "无法读取",
}
OUTCOME_MARKS: dict[str, str] = {"accepted": "✓", "partly_accepted": "◐", "rejected": "✕", "unreadable": "?"}
SEVERITIES: Mapping[str, str] = dict[str, str](contract.SEVERITY_TITLES.items())
SEVERITY_MARKS: dict[str, str] = {"critical": "■", "warning": "▲", "info": "○"}
STATES: dict[str, str] = {"new": "新出现", "uncovered": "改正后查出", "persisting": "仍存在", "reopened": "又出现"}
"""A finding beside those of the unit's last submission of the same period."""
SCOPES: dict[str, str] = {"submission": "本份报送", "across": "与其他报送"}
"""What a finding was judged against."""
GRID_STATES: dict[str, str] = {
    "returned": "退回，尚无有效报送",
    "missing": "逾期未报",
    "held_back": "暂缓入库，尚无有效报送",
    "partly": "部分通过",
    "due": "待报送",
    "nothing": "本期无数据",
    "passed": "校验通过",
    "not_due": "未到期",
}
"""有效报送: what stands of a submission that is owed, or why nothing does; worst first."""
LATEST_STATES: dict[str, str] = {
    "merged": "已并入",
    "replaced": "已替换",
    "refused": "未采用",
    "awaiting": "待本单位确认",
    "held_back": "暂缓入库，市局处理中",
}
"""最近来件: what became of what came last."""
CHANNELS: dict[str, str] = {
    "drop_folder": "收件箱文件夹",
    "object_storage": "对象存储",
    "sftp": "SFTP 服务器",
    "http_api": "数据接口",
    "database": "交换库表",
}
"""How a department's data come."""
REFUSALS: dict[str, str] = {
    "unreadable": "文件无法读取",
    "rejected": "校验未通过",
    "replaced": "所更正的报送已被替换",
    "declined": "本单位答复不替换",
    "lapsed": "逾期未确认，已放弃",
}
"""Why what came last was not taken."""
SIGNING_STATES: dict[str, str] = {"unsigned": "未审签", "signed": "已审签", "changed": "内容有变，需重新审签"}
"""审签: of what stands."""
PUNCTUALITY: dict[str, str] = {"on_time": "按时", "late": "迟报", "unasked": "选报"}
"""报送时效: of what came at all; what nobody owes is neither in time nor late."""
KINDS_OF_SUBMISSION: dict[str, str] = {
    "first": "首报",
    "correction": "更正",
    "replacement": "整份重报",
    "nothing": "本期无数据",
    "back_file": "回补",
}
STANDINGS: dict[str, str] = {
    "standing": "有效",
    "awaiting_confirmation": "待本单位确认",
    "held_back": "暂缓入库，市局处理中",
    "superseded": "已被替换",
    "merged": "已并入",
    "refused": "未采用",
}
WARNED_SUMS = {
    "title": "含待核实数值的合计",
    "lead": "下列合计含有须核对、尚未说明的数据，不含这些数据时结果明显不同，核实前两数并列。",
    "name": "指标",
    "group": "年度",
    "unit": "单位",
    "total": "合计",
    "unwarned": "不含待核实数值",
    "all": "全部",
}
"""What pages say of sums with and without values open to doubt."""
CLOSED_STATES: dict[str, str] = {"closed": "与关账时一致", "revised": "修订", "withheld": "不公布，不比较"}
"""A figure of a closed month beside what it was when the month was closed."""
MOVED_WITHOUT_SUBMISSION = "本部门无新报送，由规则或代码表调整、报送撤下或与其他单位重复引起"
FIGURE_STATES: dict[str, str] = {"preliminary": "初步", "confirmed": "确认", "final": "定案", "revised": "修订"}
LEFT_OUT: dict[str, str] = {
    "title": "标题行",
    "header": "表头行",
    "blank": "空行",
    "prepared": "模板预置、没有填写的行",
    "total": "合计行",
    "note": "说明行（填表人、备注等）",
    "example": "模板的示例行",
    "nothing": "“本期无数据”",
    "copy": "另一张工作表的副本",
    "other_table": "另一张表的行",
}
KINDS: dict[str, str] = {
    "xlsx": "Excel 工作簿（xlsx）",
    "xlsm": "带宏的 Excel 工作簿（xlsm）",
    "xlsb": "Excel 二进制工作簿（xlsb）",
    "xls": "Excel 97–2003 或 WPS 工作簿（xls、et）",
    "ods": "OpenDocument 表格（ods）",
    "xml": "XML 2003 表格",
    "html": "网页表格（HTML）",
    "csv": "分隔符文本（CSV）",
    "tsv": "制表符分隔文本（TSV）",
    "json": "JSON",
    "jsonl": "每行一条记录的 JSON（JSON Lines）",
    "zip": "ZIP 压缩包",
}
ENCODINGS: dict[str, str] = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8（带 BOM）", "utf-16": "UTF-16", "gb18030": "GB18030"}
RECORDS = frozenset({"json", "jsonl"})
"""Kinds of file that hold records instead of rows and columns."""
STATUSES: dict[str, str] = {
    "ahead": "快于序时进度",
    "on_track": "符合序时进度",
    "slightly_behind": "略慢于序时进度",
    "behind": "慢于序时进度",
    "done": "已完成",
    "not_done": "未完成",
    "reached": "已达到目标值",
    "not_reached": "未达到目标值",
    "announced": "已公布",
    "exceeded": "超出名额",
    "not_selected": "未评选",
    "not_paced": "不按序时评价",
    "not_due": "未到评价期",
    "incomplete": "数据不全，暂不评价",
    "balance_not_split": "基数未分口径，暂不评价",
    "no_data": "暂无数据",
}
"""What is said of a target; of its figure and the units that are missing see `target_words`."""
FORMER_STATUSES: dict[str, str] = {"met": "已达成", "missed": "未达成"}
"""What publications of before say, which are read as they were made."""
STATUS_MARKS: dict[str, str] = {
    "ahead": "↑",
    "on_track": "→",
    "slightly_behind": "↘",
    "behind": "↓",
    "done": "✓",
    "not_done": "✕",
    "reached": "✓",
    "not_reached": "✕",
    "announced": "●",
    "exceeded": "✕",
} | dict.fromkeys(("not_selected", "not_paced", "not_due", "incomplete", "balance_not_split", "no_data"), "○")
BALANCE_STATES: dict[str, str] = {
    "unverified": "未核实",
    "partly_verified": "部分核实",
    "back_filled": "已回补",
    "recognised": "经认定",
}
"""How far an opening balance is verified."""
COMPONENTS: dict[str, str] = {"rows": "实名制明细", "totals": "仅报汇总数单位", "opening": "2025年1—10月基数"}
"""What a target's figure is made of."""
FUNDING_GROUPS: dict[str, str] = {
    "public": "财政及社会团体资金",
    "welfare": "公益性",
    "enterprise": "企业自筹",
    "self_paid": "个人自费",
    "other": "其他",
    "unknown": "班级未报",
}
EVALUATIONS: dict[str, str] = {
    "rated": "已评价",
    "too_few_persons": "人数不足，不评价",
    "not_known": "无法评价",
    "no_index": "不计指数",
}
OUTCOME_RATES: dict[str, str] = {
    "employment": "就业率",
    "practice": "创业实践率",
    "success": "创业成功率",
    "stability": "企业稳定率",
}
OUTCOME_STATES: dict[str, str] = {
    "rated": "已计算",
    "not_due": "未到期",
    "no_data": "无数据",
    "too_few": "人数过少，不公布",
    "too_few_known": "跟踪不足，只列人数",
}
TRAINING_KINDS: dict[str, str] = {
    row["kind"]: row["kind_zh"]
    for row in sorted(reference.table("quality_kinds"), key=lambda row: row["kind"] == "pass_only")
}
"""Kinds of training among which quality is compared; last those without an index."""
CLAUSE_NUMERALS = "一二三四五六七八九十"
CITY = "市级部门"
DEMO = "演示数据：人员、机构和报送都由程序虚构，不代表任何真实情况。"
"""The department itself, beside its districts."""
TOO_FEW = "不足 5"
"""A total of a sensitive group that is smaller than what may be published."""
UNPUBLISHED = "不公布"
"""A number that is too small of a sensitive group, or that would tell one."""
ABSENT = "—"
"""No figure."""
_TEN_THOUSAND = 10_000
ALMOST_NONE = "不到 0.1%"
"""A share that is not nothing and would be shown as 0%."""

_HAN = "\u4e00-\u9fff\u201d\u300b"
_HALF_WIDTH = re.compile(f"(?<=[{_HAN}])[,;:?]|[,;:?](?=[{_HAN}])")
_BRACKETS = re.compile(rf"\(([^()]*[{_HAN}][^()]*)\)")
_FULL_WIDTH = str.maketrans(",;:?", "\uff0c\uff1b\uff1a\uff1f")

# The same headers, messages and codes come back on every row.
_REMEMBERED = 8_192


def absent(value: float | Decimal | None) -> bool:
    """True for no figure: null, and the not-a-number that data frames put in its place."""
    return value is None or math.isnan(value)


def number(value: float | Decimal | None) -> str:
    """With thousands separators; a fraction keeps at most two places and is never rounded up."""
    if absent(value):
        return ABSENT
    exact = Decimal(str(value))
    if exact == exact.to_integral_value():
        return f"{int(exact):,}"
    return f"{exact.quantize(Decimal('0.01'), ROUND_DOWN):,}"


def amount(value: float | Decimal | None, unit: str) -> str:
    """A figure of a metric in its unit; a share in percent."""
    return share(value, 1) if unit == "比例" else number(value)


def in_ten_thousands(value: float | Decimal | None, below: float | Decimal | None = None) -> str:
    """From ten thousand on in 万 with at most two places, the nearest; less as `number` says it. What is below a goal
    is never rounded up to it."""
    if value is None or absent(value) or abs(Decimal(str(value))) < _TEN_THOUSAND:
        return number(value)
    exact = Decimal(str(value)) / _TEN_THOUSAND
    goal = None if below is None else Decimal(str(below)) / _TEN_THOUSAND
    nearest = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if goal is not None and exact < goal <= nearest:
        nearest = exact.quantize(Decimal("0.01"), ROUND_DOWN)
    return f"{number(nearest.normalize())} 万"


def percent(value: float | Decimal | None) -> str:
    """A value that already is in percent, one place, never rounded up: 99.97 is 99.9%."""
    if absent(value):
        return ABSENT
    exact = Decimal(str(value))
    if 0 < exact < Decimal("0.1"):
        return ALMOST_NONE
    if exact == exact.to_integral_value():
        return f"{int(exact)}%"
    return f"{exact.quantize(Decimal('0.1'), ROUND_DOWN)}%"


def share(part: float | Decimal | None, whole: float | Decimal | None) -> str:
    """Part of whole in percent, never rounded up to 100%; without a whole there is no share."""
    if part is None or not whole:
        return ABSENT
    return percent(Decimal(str(part)) * 100 / Decimal(str(whole)))


def day(value: dt.date | None) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if value else ABSENT


@functools.lru_cache(_REMEMBERED)
def moment(value: dt.datetime | None) -> str:
    """A point in time, UTC when it bears no zone, as the clock in Shenzhen shows it."""
    if value is None:
        return ABSENT
    local = clock.in_zone(value if value.tzinfo else value.replace(tzinfo=dt.UTC))
    return f"{day(local.date())} {local:%H:%M}"


def moment_day(value: dt.datetime | None) -> str:
    """The day of a point in time, UTC when it bears no zone, in Shenzhen."""
    return moment(value).partition(" ")[0]


def size(count: int | None) -> str:
    """A file's size in the largest unit that keeps it at one or more."""
    if count is None:
        return ABSENT
    if count < 1024:
        return f"{count} 字节"
    return f"{count / 1024:.1f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"


@functools.lru_cache(_REMEMBERED)
def plain(text: object) -> str:
    """A sender's text as one harmless line: invisible and direction-turning characters gone, lost ones shown as �,
    numbers that look like identifiers masked."""
    if text is None:
        return ""
    shown = str(text)
    if not shown.isprintable():
        shown = "".join(_visible(char) for char in shown).strip()
    return redact(shown)


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace():
        return " "
    if category == "Cf":
        return ""
    return "\N{REPLACEMENT CHARACTER}" if category[0] == "C" else char


@functools.lru_cache(_REMEMBERED)
def short(text: object) -> str:
    """`plain`, cut to what a page shows."""
    shown = plain(text)
    return shown if len(shown) <= SHOWN_CHARACTERS else shown[: SHOWN_CHARACTERS - 1] + "…"


@functools.lru_cache(_REMEMBERED)
def prose(text: object) -> str:
    """Our own Chinese sentences, `short`, with the full-width punctuation that belongs to them."""
    full_width = _HALF_WIDTH.sub(lambda mark: mark[0].translate(_FULL_WIDTH), short(text))
    return _BRACKETS.sub("\uff08\\1\uff09", full_width)


def department(code: str) -> str:
    """Short name of a department; an unknown code as it is."""
    return reference.department_title(code)


def department_in_full(code: str) -> str:
    return reference.codes("department").get(code, code)


def unit(code: str) -> str:
    """市人力资源保障局 for HRSS, 市人力资源保障局·南山区 for HRSS.440305."""
    return reference.unit_title(code)


def district(unit_code: str) -> str:
    """南山区 for HRSS.440305 and 市级部门 for HRSS, where the department is plain."""
    _, _, code = unit_code.partition(".")
    return reference.codes("district").get(code, code) if code else CITY


def dataset(name: str) -> str:
    return contract.dataset(name).title


def period_title(text: str) -> str:
    """2026年1月 for 2026-01; what is no period stays as it is."""
    parsed = period.parse(text)
    return parsed.title if parsed else text


def place(kind: str | None) -> str:
    """What a row number counts in this kind of file."""
    return "条记录" if kind in RECORDS else "行"


def field_titles(name: str) -> Mapping[str, str]:
    """Field → its Chinese header, of one dataset."""
    return {field.name: field.title for field in contract.dataset(name).fields}


def filters() -> dict[str, Any]:
    """What templates may call, by name."""
    return {
        "number": number,
        "amount": amount,
        "percent": percent,
        "share": lambda pair: share(*pair),
        "day": day,
        "moment": moment,
        "moment_day": moment_day,
        "size": size,
        "plain": plain,
        "short": short,
        "prose": prose,
        "department": department,
        "unit": unit,
        "district": district,
        "dataset": dataset,
        "period_title": period_title,
    }
