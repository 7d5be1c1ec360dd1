"""Tables and lines for the terminal, from what is published or replayed.

Pages for people are `pages`; tables over several publications are `history_tables`. Ends at rich renderables.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook
from rich.markup import escape
from rich.measure import Measurement
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table

from orchestration.cli.plain import plain
from orchestration.pipeline import supervision
from orchestration.pipeline.month_end import KINDS
from pages import target_words, words
from warehouse.published.publication import Publication
from warehouse.vocabulary.signal import STATES as SIGNAL_STATES
from warehouse.vocabulary.signal import State

if TYPE_CHECKING:
    from expectations.check_difference import Change, Difference
    from orchestration.pipeline.month_end import MonthEnd
    from warehouse.vocabulary.metric import Metrics

_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 150
"""Into a file or a log tables keep their columns; a terminal has its own width."""


class _Plain:
    """A renderable whose text has passed the terminal's edge; its styles and Rich's own controls stay."""

    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self._renderable, options):
            yield segment if segment.control else Segment(plain(segment.text), segment.style)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._renderable)


class _Edge(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Plain(renderable) for renderable in renderables]


def edged(opened: Console) -> Console:
    """The console, letting no control character of a text through."""
    opened.push_render_hook(_Edge())
    return opened


console = edged(Console(width=_WIDTH))
errors = edged(Console(stderr=True))


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on the terminal that shows the stage told last and the time since it began; gone when it ends."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as shown:
        task = shown.add_task("start", total=None)
        yield lambda what: shown.update(task, description=what)


_SHOWN_ITEMS = 10
"""The others of a kind are counted."""


def month_end(shown: MonthEnd) -> Iterator[str]:
    """What is open of a month, by kind."""
    yield f"{shown.month}，{shown.publication_id}："
    for kind, title in KINDS.items():
        texts = [item.text for item in shown.open_items if item.kind == kind]
        yield f"{title}：{len(texts)}"
        yield from (f"  {text}" for text in texts[:_SHOWN_ITEMS])
        if len(texts) > _SHOWN_ITEMS:
            yield f"  其余 {len(texts) - _SHOWN_ITEMS}"


_DEPARTMENTS = """
select
    g.department_code,
    any_value(d.short_name) as short_name,
    count(*) filter (state not in ('not_due', 'unasked')) as due,
    count(*) filter (state = 'on_time') as on_time,
    count(*) filter (state = 'late') as late,
    count(*) filter (state = 'missing') as missing,
    count(*) filter (outcome = 'accepted' and not is_nothing_to_report) as accepted,
    count(*) filter (is_nothing_to_report) as nothing,
    count(*) filter (outcome = 'partly_accepted') as partly,
    count(*) filter (outcome = 'rejected') as rejected,
    count(*) filter (outcome = 'unreadable') as unreadable,
    coalesce(sum(received_rows), 0) as received_rows,
    coalesce(sum(accepted_rows), 0) as accepted_rows,
    coalesce(sum(held_rows), 0) as held_rows
from rpt_submission_grid as g
left join dim_department as d using (department_code)
where $department is null or g.department_code = $department
group by g.department_code
order by min(d.department_order), g.department_code
"""

_OVERDUE = """
select unit_code, dataset, period, due_date, state, outcome
from rpt_submission_grid
where (state in ('missing', 'late') or outcome in ('rejected', 'unreadable'))
    and ($department is null or department_code = $department)
order by due_date desc, unit_code, dataset
"""

_TARGETS = """
select
    p.target_id, t.title, p.reading, p.period, p.actual, p.threshold, p.comparator, p.unit, p.progress_share,
    p.status, p.opening_balance, p.totals_only, p.cut_off_date, p.period_end_date, p.figure_date, p.actual_at_cut_off,
    p.expected_share, p.early_actual, p.missing_unit_codes, p.is_met, p.balance_verified_share
from rpt_target_progress as p
left join dim_target as t using (target_id)
where $all or p.period_start_date <= p.as_of_date
order by t.target_order, p.period, p.reading <> 'main', p.reading
"""

STATE = {"not_due": "未到期", "on_time": "按时", "late": "迟报", "missing": "缺报", "unasked": "选报"}
OUTCOME = dict[str | None, str](words.OUTCOMES.items()) | {None: ""}


def rows(publication: Publication, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """A query over the publication, as a BI tool would make it."""
    with publication.connect() as con:
        result = con.execute(sql, parameters or {})
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def titled(title: str, columns: Sequence[tuple[str, bool]]) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for name, numeric in columns:
        # Chinese has no blanks at which a cell could be broken: what is too long goes on in the next line.
        table.add_column(name, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
    return table


def department_counts(publication: Publication, department: str | None = None) -> list[dict[str, Any]]:
    """For each department how much was due, what came and what became of it."""
    return rows(publication, _DEPARTMENTS, {"department": department})


def departments(publication: Publication, department: str | None = None) -> Table:
    """What each department sent and what became of it."""
    counted = department_counts(publication, department)
    table = titled(
        f"各部门报送情况（截至 {publication.manifest['as_of_date']}）",
        [
            ("部门", False),
            ("应报", True),
            ("按时", True),
            ("迟报", True),
            ("缺报", True),
            ("校验通过", True),
            ("无数据", True),
            ("部分通过", True),
            ("退回", True),
            ("无法读取", True),
            ("收到行", True),
            ("校验通过行", True),
            ("暂存行", True),
        ],
    )
    counts = (
        "due",
        "on_time",
        "late",
        "missing",
        "accepted",
        "nothing",
        "partly",
        "rejected",
        "unreadable",
        "received_rows",
        "accepted_rows",
        "held_rows",
    )
    for row in counted:
        table.add_row(f"{row['department_code']} {row['short_name']}", *(f"{row[name]:,}" for name in counts))
    table.add_section()

    def total(name: str) -> int:
        return sum(row[name] for row in counted)

    table.add_row("合计", *(f"{total(name):,}" for name in counts), style="bold")
    return table


def overdue(publication: Publication, department: str | None) -> Table:
    """The cells of the expected grid that need a call: late, missing, rejected, unreadable."""
    table = titled(
        "迟报、缺报与退回",
        [("单位", False), ("数据集", False), ("期间", False), ("到期日", False), ("状态", False), ("结果", False)],
    )
    for row in rows(publication, _OVERDUE, {"department": department}):
        table.add_row(
            row["unit_code"],
            row["dataset"],
            row["period"],
            f"{row['due_date']}",
            STATE[row["state"]],
            OUTCOME[row["outcome"]],
        )
    return table


def amount(value: Any, unit: str) -> str:
    if value is None:
        return "—"
    # A percentage is cut, never rounded up to a target.
    return f"{int(float(value) * 10000) / 10000:.4f}" if unit == "%" else f"{value:,.0f}"


def held_back(publication: Publication, department: str | None = None) -> list[str]:
    """What the publication was built without, a line each, and the figures that differ by it."""
    facts = publication.manifest.get("held_back") or {"failures": [], "before": None}
    failures = [told for told in facts["failures"] if department in (None, re.split(r"[.-]", told["submission_id"])[0])]
    lines = [
        f"暂缓入库，市局处理中：{told['submission_id']}（{told['file']}）"
        + (f"第 {told['row']} 行" if told["row_index"] is not None else "整份")
        + f"，{told['field']}，{told['test']}"
        for told in failures
    ]
    for name, before in (facts["before"] or {}).items() if failures else ():
        target, reading, period = name.split("|")
        said = f"{target} {target_words.reading(target, reading)} {target_words.period_word(period)}"
        lines.append(f"  {said}：计入为 {before}，发布为 {facts['after'][name]}")
    return [escape(line) for line in lines]


def targets(publication: Publication, *, everything: bool = False) -> Table:
    """Progress against the plan's twenty targets in the periods begun by the as-of date, or in all."""
    table = titled(
        f"目标进度（统计截至 {publication.manifest['as_of_date']}）",
        [
            ("目标", False),
            ("口径", False),
            ("期间", False),
            ("完成数", True),
            ("目标值", True),
            ("单位", False),
            ("完成率", True),
            ("评价时点", False),
            ("序时进度", True),
            ("状态", False),
            ("基数核实率", True),
        ],
    )
    for row in rows(publication, _TARGETS, {"all": everything}):
        table.add_row(
            f"{row['target_id']} {row['title']}",
            target_words.reading_apart(row["target_id"], row["reading"]),
            target_words.period_title(row),
            amount(row["actual"], row["unit"]),
            f"{row['comparator']} {amount(row['threshold'], row['unit'])}",
            row["unit"],
            _percent(row["progress_share"]),
            "" if row["cut_off_date"] is None else f"{row['cut_off_date']}",
            _percent(row["expected_share"]),
            "\n".join([target_words.status(row), *target_words.beside(row)]),
            "" if row["balance_verified_share"] is None else _percent(row["balance_verified_share"]),
        )
    return table


def _percent(share: float | Decimal | None) -> str:
    """With one place, cut and never rounded up to a target."""
    return "—" if share is None else f"{int(float(share) * 1000) / 10:.1f}%"


def signals(publication: Publication, state: State | None) -> Table:
    """What supervision has to look into, by the money at stake, with the state of each as a case."""
    table = titled(
        f"监管信号（截至 {publication.manifest['as_of_date']}）",
        [
            ("编号", False),
            ("规则", False),
            ("对象", False),
            ("涉及行", True),
            ("所涉金额（元）", True),
            ("处理情况", False),
            ("违规线索", False),
            ("疑点", False),
        ],
    )
    for row in supervision.signals(publication, state):
        told = SIGNAL_STATES[row["state_code"]]
        table.add_row(
            row["signal_id"],
            f"{row['rule_code']} {row['rule_name']}",
            escape(row["subject_name"] or row["subject_key"]),
            f"{row['row_count']:,}",
            f"{row['amount_fen'] / 100:,.2f}",
            f"{told}（曾排除，事实有变）" if row["is_reopened"] else told,
            escape(row["case_ids"] or ""),
            escape(row["reason"]),
        )
    table.columns[0].no_wrap = True
    return table


def metrics(known: Metrics) -> list[Table]:
    """The metrics file: its figures, then the tables that they are taken from with what they can be split by."""
    figures = titled(
        "指标",
        [
            ("代码", False),
            ("名称", False),
            ("单位", False),
            ("来源", False),
            ("公式", False),
            ("只含", False),
            ("必选维度", False),
        ],
    )
    figures.columns[0].no_wrap = True
    for metric in known.metrics:
        figures.add_row(
            metric.name,
            metric.zh,
            metric.unit,
            metric.source,
            escape(metric.formula),
            "" if metric.rows == "true" else escape(metric.rows),
            " ".join(metric.each),
        )
    sources = titled("来源和维度", [("来源", False), ("表", False), ("维度", False)])
    for name, source in known.sources.items():
        sources.add_row(name, source.table, " ".join(source.dimensions))
    return [figures, sources]


CHANGE = {"new": "新增", "changed": "修改", "removed": "取消", "reworded": "只改文字"}
MOVE = {"found": "新查出", "gone": "不再查出", "regraded": "改级"}
SHOWN_CODES = 12
SHOWN_TURNS = 30
"""Of a dataset's changes, and of the submissions with another outcome, on the terminal; JSON holds all."""


def preview(changes: Sequence[Change], difference: Difference) -> list[Table]:
    """What changed in the checks and what that would do; a table without a line is left out."""
    tables = [_changes(changes), _moved(difference), _replayed(difference), _turns(difference)]
    return [table for table in tables if table.row_count]


def _changes(changes: Iterable[Change]) -> Table:
    """Which checks differ, a line per dataset and kind."""
    codes: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        codes.setdefault((change.dataset, change.kind), []).append(change.code)
    table = titled("检查的变化", [("数据集", False), ("变化", False), ("个数", True), ("代码", False)])
    for (dataset, kind), changed_codes in codes.items():
        more = ["…"] if len(changed_codes) > SHOWN_CODES else []
        table.add_row(dataset, CHANGE[kind], f"{len(changed_codes):,}", " ".join(changed_codes[:SHOWN_CODES] + more))
    return table


def _moved(difference: Difference) -> Table:
    """By rule and department: rows newly found, no longer found, found with another severity, and an example."""
    table = titled(
        "按规则和部门",
        [
            ("规则", False),
            ("数据集", False),
            ("部门", False),
            (MOVE["found"], True),
            (MOVE["gone"], True),
            (MOVE["regraded"], True),
            ("例", False),
        ],
    )
    for key in sorted(difference.moved):
        moved = difference.moved[key]
        first = moved.places[0]
        where = " ".join(filter(None, (first.sheet, f"第 {first.row} 行"))) if first.row else "整份文件"
        table.add_row(
            moved.rule,
            moved.dataset,
            moved.department,
            f"{moved.newly_found:,}",
            f"{moved.gone:,}",
            f"{moved.regraded:,}",
            escape(f"{MOVE[first.move]} {first.submission_id} {where}"),
        )
    return table


def _replayed(difference: Difference) -> Table:
    """By department: what was checked again, and how many rows are held before and after."""
    turned = [turn.submission.department for turn in difference.turns]
    table = titled(
        "按部门",
        [
            ("部门", False),
            ("报送", True),
            ("收到行", True),
            ("原暂存行", True),
            ("新暂存行", True),
            ("结果改变的报送", True),
        ],
    )
    for code, replayed in sorted(difference.departments.items()):
        table.add_row(
            code,
            f"{replayed.submissions:,}",
            f"{replayed.rows:,}",
            f"{replayed.held_before:,}",
            f"{replayed.held_after:,}",
            f"{turned.count(code):,}",
        )
    return table


def _turns(difference: Difference) -> Table:
    """The submissions with another outcome."""
    table = titled(
        "结果改变的报送",
        [
            ("部门", False),
            ("报送", False),
            ("原结果", False),
            ("新结果", False),
            ("原暂存行", True),
            ("新暂存行", True),
        ],
    )
    for turn in sorted(difference.turns, key=lambda turn: turn.submission.submission_id)[:SHOWN_TURNS]:
        table.add_row(
            turn.submission.department,
            turn.submission.submission_id,
            OUTCOME[turn.before],
            OUTCOME[turn.after],
            f"{turn.held_before:,}",
            f"{turn.held_after:,}",
        )
    if len(difference.turns) > SHOWN_TURNS:
        table.add_section()
        table.add_row("…", f"另有 {len(difference.turns) - SHOWN_TURNS:,} 份，见 --json")
    return table
