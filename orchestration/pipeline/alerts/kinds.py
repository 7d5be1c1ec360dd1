"""The kinds of alerts: what each is called, how grave it is, what it says and what is to be done. The one place of
these sentences; `docs/operating.md` tells engineers more of each.

When a kind is raised is `conditions`. Ends at `Alert`, which holds no personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from warehouse.store.settings import AlertKind
from warehouse.vocabulary.privacy import redact

Severity = Literal["error", "warning"]
_MOST_CHARACTERS = 600
"""Of what is said: a robot of a group chat takes 2,048 bytes in all; the log of runs has the rest."""
SEVERITIES: Mapping[Severity, str] = {"error": "严重", "warning": "一般"}


@dataclass(frozen=True)
class Kind:
    """`what`: a sentence with the names of its facts in braces."""

    title: str
    severity: Severity
    what: str
    to_do: str


KINDS: Mapping[AlertKind, Kind] = {
    "run_failed": Kind(
        "运行失败",
        "error",
        "{work}未完成：{reason}",
        "打开链接查看出错的步骤。系统会自动重试；一直失败的，按原因中的说明处理后再运行。",
    ),
    "publication_blocked": Kind(
        "发布未通过检查",
        "error",
        "新的汇总没有通过检查，未发布；对外提供的仍是{current}。原因：{reason}",
        "按原因中所列的模型、检查或报送处理后重新运行；在此之前对外内容不变。",
    ),
    "publication_quarantined": Kind(
        "暂缓入库",
        "warning",
        "{unit}的{dataset}（{period}，{part}）没有通过入库检查，暂不计入已发布的数据。",
        "打开报送页核对：数据无误的，由市局放行（skills release）；有误的，请报送单位更正后重新报送。",
    ),
    "feed_unreachable": Kind(
        "接口无法连接",
        "warning",
        "{feeds}的来源（{source}）无法连接：{reason}",
        "运行 skills connections test 查看原因；属于网络、账号或证书问题的，请与该部门的接口联系人核对。",
    ),
    "due_day_missed": Kind(
        "逾期未报",
        "warning",
        "{department}{due}截止的报送有 {count} 份未报：{datasets}。",
        "请联系确认报送时间；确无数据的，按“本期无数据”报送。",
    ),
    "target_behind": Kind(
        "指标慢于序时进度",
        "warning",
        "{title}（{period}）{status}：完成数 {figure}，目标 {goal}。",
        "打开总览页查看各部门完成情况，与牵头部门核对原因。",
    ),
    "disk_nearly_full": Kind(
        "磁盘空间不足",
        "error",
        "数据目录所在磁盘剩余 {free} GB，不足 {limit} GB。",
        "运行 skills prune 清理可重建的文件，或扩充磁盘。磁盘写满时运行会停止，已有内容不受影响。",
    ),
    "scanner_away": Kind(
        "病毒扫描无法使用",
        "error",
        "病毒扫描服务无法使用，新到的文件暂未接收：{reason}",
        "按原因恢复扫描服务（clamd）。文件仍在原处，不会丢失；恢复后由下一次运行接收。",
    ),
}


@dataclass(frozen=True)
class Alert:
    """One thing that somebody has to know. `subject`: what it is about, by its id; `since`: UTC, ISO 8601; `link`: an
    address, or a path where no address is set."""

    kind: AlertKind
    subject: str
    since: str
    what: str
    link: str

    @property
    def title(self) -> str:
        return KINDS[self.kind].title

    @property
    def severity(self) -> Severity:
        return KINDS[self.kind].severity

    @property
    def to_do(self) -> str:
        return KINDS[self.kind].to_do


def alert(kind: AlertKind, subject: str, since: str, link: str, **facts: object) -> Alert:
    """An alert in its kind's words, on one line; whatever looks like an identifier is masked."""
    what = redact(" ".join(KINDS[kind].what.format(**facts).split()))
    shown = what if len(what) <= _MOST_CHARACTERS else f"{what[: _MOST_CHARACTERS - 1]}…"
    return Alert(kind, redact(subject), since, shown, redact(link))
