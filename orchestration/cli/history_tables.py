"""Tables and JSON of what moved between publications, of an opened figure and of a rebuilding.

The facts come from `warehouse.published` and `orchestration.pipeline`. Ends at renderables; `published` and `runs`
print them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from orchestration.cli.terminal import amount, titled
from orchestration.pipeline.dbt_comparison import FullComparison
from orchestration.pipeline.figure_sources import File
from orchestration.pipeline.publication_rebuild import Comparison
from pages import target_words, texts, words
from warehouse.published.figure_drilldown import Figure, Part
from warehouse.published.publication import Publication
from warehouse.published.publication_diff import Moved, Moves
from warehouse.published.submission_effect import Effect

CHANGE = {
    "added": "新报送",
    "superseded": "被替代",
    "decided_anew": "重新核验",
    "current_again": "恢复有效",
    "gone": "不再有",
    "not_taken": "未采用",
    "unchanged": "自身未变",
    "withheld": "不足五人，不分列",
}
WHY = {
    "waits": "待本单位确认",
    "held_back": "暂缓入库",
    "refused": "退回",
    "superseded": "又被替代",
    "nothing_to_report": "本期无数据",
    "all_rows_held": "全部行待更正",
    "same_amounts": "计入数与原来相同",
    "not_counted": "各行均不计入",
    "no_target": "该数据集不计入任何目标",
}
REASON = {
    "duplicate": "重复",
    "unknown_class": "班级未报",
    "unknown_institution": "机构不在目录",
    "not_completed": "未结业",
    "not_counted": "不计入",
}
COMPONENT = {
    "counted": "按行计入",
    "measured": "数值",
    "opening_balance": words.COMPONENTS["opening"],
    "totals_only": words.COMPONENTS["totals"],
}
SHOWN_CAUSES = 8
SHOWN_SUBMISSIONS = 20
SHOWN_COLUMNS = 4
"""Of a figure's causes or submissions, of the submissions that changed, and of a table's columns, on the terminal; JSON
and CSV hold all."""


def moves(moves: Moves) -> list[Table]:
    """Figures with their causes, submissions, tables; one without a line is left out."""
    tables = [_figures(moves), _submissions(moves), _tables(moves)]
    return [table for table in tables if table.row_count]


def _figures(moves: Moves) -> Table:
    table = titled(
        "变动的指标数",
        [
            ("指标", False),
            ("口径", False),
            ("期间", False),
            ("原数", True),
            ("现数", True),
            ("差", True),
            ("状态", False),
            ("因哪个报送", False),
            ("变化", False),
            ("其增减", True),
        ],
    )
    for figure in moves.figures:
        first: Sequence[str] = (
            figure.target_id,
            target_words.reading_apart(figure.target_id, figure.reading),
            target_words.period_word(figure.period),
            _number(figure.before),
            _number(figure.after),
            _step(figure.before, figure.after),
            _status(figure),
        )
        for cause in figure.causes[:SHOWN_CAUSES]:
            base = (
                ""
                if cause.base_before is None and cause.base_after is None
                else f" / {_step(cause.base_before, cause.base_after)}"
            )
            table.add_row(
                *first, cause.submission_id, CHANGE[cause.change], f"{_step(cause.before, cause.after)}{base}"
            )
            first = ("",) * len(first)
        more = len(figure.causes) - SHOWN_CAUSES
        if not figure.causes or more > 0:
            table.add_row(*first, f"另有 {more:,} 份，见 --json" if figure.causes else "", "", "")
        table.add_section()
    return table


def _status(figure: Moved) -> str:
    told = [target_words.status_word(status) for status in (figure.status_before, figure.status_after)]
    return told[0] if told[0] == told[1] else " → ".join(told)


def _submissions(moves: Moves) -> Table:
    table = titled(
        "变化的报送",
        [("部门", False), ("报送", False), ("变化", False), ("由其替代", False), ("未引起变动的原因", False)],
    )
    for submission in moves.submissions[:SHOWN_SUBMISSIONS]:
        table.add_row(
            submission.department,
            submission.submission_id,
            CHANGE[submission.change],
            submission.replaced_by or "",
            _why(submission.effect),
        )
    if len(moves.submissions) > SHOWN_SUBMISSIONS:
        table.add_section()
        table.add_row("…", f"另有 {len(moves.submissions) - SHOWN_SUBMISSIONS:,} 份，见 --json")
    return table


def _why(effect: Effect | None) -> str:
    if effect is None:
        return ""
    told = "，".join(f"{REASON.get(reason, reason)} {rows:,} 行" for reason, rows in effect.rows_by_reason.items())
    return f"{WHY[effect.why]}：{told}" if told else WHY[effect.why]


def _tables(moves: Moves) -> Table:
    table = titled(
        "变动的表",
        [
            ("表", False),
            ("原行数", True),
            ("现行数", True),
            ("少了的行", True),
            ("多了的行", True),
            ("改了的行", True),
            ("换了来处的行", True),
            ("列的变化", False),
        ],
    )
    for table_move in moves.tables:
        columns = [f"-{name}" for name in table_move.columns_gone] + [f"+{name}" for name in table_move.columns_come]
        columns += [f"{name} {rows:,}" for name, rows in list(table_move.columns_changed.items())[:SHOWN_COLUMNS]]
        table.add_row(
            table_move.name,
            _number(table_move.rows_before),
            _number(table_move.rows_after),
            f"{table_move.gone:,}",
            f"{table_move.come:,}",
            f"{table_move.changed:,}",
            f"{table_move.placed:,}",
            " ".join(columns),
        )
    return table


def summary(moves: Moves) -> str:
    """The closing sentence."""
    counts: Counter[str] = Counter(submission.change for submission in moves.submissions)
    told = ", ".join(f"{counts[change]:,} {change.replace('_', ' ')}" for change in CHANGE if counts[change])
    moved = sum(figure.before != figure.after for figure in moves.figures)
    return (
        f"{moves.before.publication_id} → {moves.after.publication_id}: {moved:,} figures moved, "
        f"{len(moves.figures) - moved:,} changed their status alone, {len(moves.tables):,} tables differ; "
        f"submissions: {told or 'none changed'}.{_left_out(moves)}"
    )


def _left_out(moves: Moves) -> str:
    by_day = moves.by_day
    if not by_day.figures and not by_day.tables:
        return ""
    tables = f", {', '.join(by_day.tables)}" if by_day.tables else ""
    return f" Left out, because only the day moved them: {len(by_day.figures):,} figures' status{tables}."


def moves_json(moves: Moves) -> str:
    """The whole comparison; numbers as text, exact."""
    return texts.json_text(
        {
            "before": _publication(moves.before),
            "after": _publication(moves.after),
            "figures": [asdict(figure) for figure in moves.figures],
            "submissions": [asdict(submission) for submission in moves.submissions],
            "tables": [asdict(table) for table in moves.tables],
            "by_day": asdict(moves.by_day),
        }
    )


def _publication(publication: Publication) -> dict[str, Any]:
    return {name: publication.manifest[name] for name in ("publication_id", "as_of_date", "published_at", "versions")}


def figure(opened: Figure, files: Mapping[str, list[File]]) -> Iterator[Table]:
    """Components, departments and submissions, each of which adds up to the figure or the department's share of it."""
    has_base = any(part.base_amount is not None for part in opened.components)
    base = [("分母", True)] if has_base else []

    def numbers(part: Part) -> list[str]:
        return [f"{part.rows:,}", _number(part.amount), *([_number(part.base_amount)] if has_base else [])]

    table = titled("组成", [("部分", False), ("行数", True), ("数量", True), *base])
    for part in opened.components:
        table.add_row(COMPONENT[str(part.name)], *numbers(part))
    yield table
    table = titled("部门", [("部门", False), ("行数", True), ("数量", True), *base])
    for part in opened.departments:
        table.add_row(part.name or CHANGE["withheld"], *numbers(part))
    yield table
    table = titled(
        "报送和文件", [("报送", False), ("行数", True), ("数量", True), *base, ("文件", False), ("SHA-256", False)]
    )
    for part in opened.submissions[:SHOWN_SUBMISSIONS]:
        part_files = files.get(str(part.name), [])
        table.add_row(
            part.name if part_files else CHANGE["withheld"],
            *numbers(part),
            escape("\n".join(file.name for file in part_files)),
            "\n".join(file.sha256[:12] for file in part_files),
        )
    more = len(opened.submissions) - SHOWN_SUBMISSIONS
    if more > 0:
        table.add_section()
        table.add_row(f"另有 {more:,} 份，见 --csv")
    yield table


def figure_line(opened: Figure, publication: Publication) -> str:
    """The figure itself, and what of it the department adds."""
    names = (
        opened.target_id,
        opened.title,
        target_words.reading_apart(opened.target_id, opened.reading),
        target_words.period_word(opened.period),
    )
    said = target_words.status_word(opened.status)
    told = (
        f"{' '.join(name for name in names if name)}: {amount(opened.actual, opened.unit)} "
        f"({opened.comparator} {amount(opened.threshold, opened.unit)} {opened.unit}, {said}), "
        f"publication {publication.publication_id}"
    )
    return told if opened.department is None else (f"{told}\n{opened.department}: {amount(opened.total, opened.unit)}")


def compared(comparison: Comparison) -> str:
    """One sentence when all is equal, else what is not."""
    name = comparison.publication.publication_id
    if comparison.is_equal:
        return (
            f"{name} made again: {comparison.files} Parquet files byte-equal, {comparison.tables} DuckDB tables equal."
        )
    told = [
        f"{kind}: {', '.join(names)}"
        for kind, names in (
            ("Parquet", comparison.parquet),
            ("DuckDB", comparison.database),
            ("register", comparison.register),
        )
        if names
    ]
    return f"{name} made again is not the same. {'; '.join(told)}."


def compared_in_full(comparison: FullComparison) -> str:
    """One sentence when the marts built change by change are those of a build in full, else which are not."""
    if not comparison.differing:
        return f"Built in full: {comparison.tables} marts equal, row by row."
    told = ", ".join(f"{name} ({rows:,} rows)" for name, rows in comparison.differing.items())
    return f"Built in full, marts are others: {told}. The next skills run builds in full."


def _number(value: Decimal | int | None) -> str:
    if value is None:
        return "—"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}"


def _step(before: Decimal | None, after: Decimal | None) -> str:
    step = (after or Decimal()) - (before or Decimal())
    return f"+{_number(step)}" if step > 0 else _number(step)
