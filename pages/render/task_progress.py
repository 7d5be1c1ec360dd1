"""The lines of tasks as pages show them: quantity, done, share, what time judges, rank. Ends at texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pages import words
from pages.gather.task_progress import TaskTable
from pages.target_words import Row
from warehouse.vocabulary import reference

_UNRANKED = "未排名"


@dataclass(frozen=True)
class TaskLine:
    """One unit with its task; `status` null: it has none. `held`: what was held in the district."""

    title: str
    unit: str
    rank: str
    quantity: str
    done: str
    share: str
    expected: str
    status: str | None
    said: str
    held: str
    document: str


@dataclass(frozen=True)
class TaskSheet:
    """One table: what it is of, what it rests on, and what is odd of it."""

    place: str
    title: str
    about: str
    is_of_districts: bool
    has_tasks: bool
    lines: tuple[TaskLine, ...]


def sheets(tables: Iterable[TaskTable]) -> list[TaskSheet]:
    return [_sheet(table) for table in tables]


def lines(rows: Iterable[Row]) -> list[TaskLine]:
    """Of one unit, each with its target and period as title."""
    titles = reference.codes("target")
    return [_line(row, f"{row['target_id']} {titles[row['target_id']]}（{_window(row)}）") for row in rows]


def _sheet(table: TaskTable) -> TaskSheet:
    title = f"{table.target_id} {reference.codes('target')[table.target_id]}"
    split = reference.codes("task_split")[table.split]
    return TaskSheet(
        f"tasks-{table.target_id}-{table.split}",
        f"{title}（{_window(table.first)}，按{split}）",
        _about(table),
        table.is_of_districts,
        table.has_tasks,
        tuple(_line(row, row["task_unit_name"] or row["task_unit_code"]) for row in table.rows),
    )


def _window(row: Row) -> str:
    period: str = row["period"]
    return reference.codes("task_window").get(period, period)


def _about(table: TaskTable) -> str:
    said = [f"评价时点 {words.day(table.cut_off)}"]
    if table.documents:
        said.append(f"任务依据：{'、'.join(words.prose(document) for document in table.documents)}")
    if table.first["is_short_of_plan"]:
        allocated, threshold = table.first["allocated_quantity"], table.first["threshold"]
        said.append(f"分解不足：任务合计 {words.number(allocated)}，方案目标 {words.number(threshold)}")
    if table.is_distinct_person:
        said.append("按各单位的人（去重）计，各单位之和不等于全市数")
    if table.is_of_districts:
        said.append("区级报送为各区报送的数，参加排名；在区内举办为按培训地点统计的数，仅供参考，两列不相加")
    return "；".join(said) + "。"


def _line(row: Row, title: str) -> TaskLine:
    has_task = row["task_quantity"] is not None
    return TaskLine(
        title=title,
        unit=row["unit"],
        rank=str(row["task_rank"]) if row["task_rank"] else (_UNRANKED if has_task else ""),
        quantity=words.number(row["task_quantity"]) if has_task else words.ABSENT,
        done=words.UNPUBLISHED if row["done"] is None else words.number(row["done"]),
        share=words.ABSENT if row["task_share"] is None else words.percent(row["task_share"] * 100),
        expected=words.ABSENT if row["expected_share"] is None else words.percent(row["expected_share"] * 100),
        status=row["status"],
        said=words.STATUSES[row["status"]] if row["status"] else "",
        held="" if row["held_in_district"] is None else words.number(row["held_in_district"]),
        document=row["task_document"] or "",
    )
