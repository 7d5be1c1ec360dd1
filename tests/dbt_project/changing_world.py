"""A data root that changes at random as the bureau's does. Test support only."""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.dbt_project.dbt_world import World
from tests.dbt_project.test_dbt_project_any_rows import PERIODS, UNITS, rows
from warehouse.vocabulary import contract

KEYS = 12
"""So many times as many keys as any row has, so that a change leaves most of them alone."""
SUBMISSIONS = 60
_FIRST_DAY = dt.date(2025, 11, 1)


class ChangingWorld:
    """`reference`: a copy of the reference tables, which may change as well."""

    def __init__(self, world: World, reference: Path, seed: int) -> None:
        self.world, self.reference, self.dice = world, reference, random.Random(seed)
        for _ in range(SUBMISSIONS):
            self.first_report()

    def rows(self, dataset: str) -> list[dict[str, Any]]:
        listed = {field.name for field in contract.dataset(dataset).fields if field.code_list}
        return [
            {name: value if name in listed else self._spread(name, value) for name, value in row.items()}
            for row in rows(contract.dataset(dataset), self.dice)
        ]

    def _spread(self, name: str, value: Any) -> Any:
        is_key = isinstance(value, str) and name.endswith(("_key", "_id"))
        return f"{value}{self.dice.randrange(KEYS)}" if is_key else value

    def changes(self, count: int) -> Iterator[str]:
        """Makes so many changes, each told by its name, and lays the root down after each."""
        kinds: list[Callable[[], None]] = [
            self.first_report,
            self.whole_resubmission,
            self.correction,
            self.withdrawal,
            self.duplicate,
            self.absurd_amount,
            self.hold_back_row,
            self.hold_back_submission,
            self.release,
            self.another_day,
            self.another_finding,
            self.another_threshold,
            self.another_rule,
        ]
        for at in range(count):
            change = kinds[at] if at < len(kinds) else self.dice.choice(kinds)
            change()
            self.world.write()
            yield change.__name__

    def first_report(self) -> None:
        dataset, unit, period = self.dice.choice(contract.names()), self.dice.choice(UNITS), self.dice.choice(PERIODS)
        self.world.submit(dataset, unit, period, self.rows(dataset))
        self.world.expect(dataset, unit, period, dt.date(2026, self.dice.randint(1, 12), 10))
        self.world.expected = list({tuple(row.items()): row for row in self.world.expected}.values())
        key = {(row["dataset"], row["unit_code"], row["period"]): row for row in self.world.expected}
        self.world.expected = list(key.values())

    def whole_resubmission(self) -> None:
        sent = self._sent()
        self.world.submit(sent["dataset"], sent["unit_code"], sent["period"], self.rows(sent["dataset"]))

    def correction(self) -> None:
        """The same rows but one that is gone and one that is another."""
        sent = self._sent()
        kept = self._rows_of(sent)
        self.world.submit(
            sent["dataset"], sent["unit_code"], sent["period"], [*kept[1:], *self.rows(sent["dataset"])[:1]]
        )

    def withdrawal(self) -> None:
        self._sent()["outcome"] = "rejected"

    def duplicate(self) -> None:
        """Another unit reports the same."""
        sent = self._sent()
        unit = self.dice.choice([unit for unit in UNITS if unit != sent["unit_code"]])
        self.world.submit(sent["dataset"], unit, sent["period"], self._rows_of(sent))

    def absurd_amount(self) -> None:
        """A row on which a test of senders' data fails."""
        rows = self.rows("wage_guidance")
        self.world.submit("wage_guidance", "HRSS", "2026", [*rows[1:], rows[0] | {"p10": 10**13}])

    def hold_back_row(self) -> None:
        sent = self._sent()
        if self.world.accepted[sent["submission_id"]]:
            self.world.hold_back(sent["submission_id"], 2)

    def hold_back_submission(self) -> None:
        self._sent()["is_held_back"] = True

    def release(self) -> None:
        self.world.held_back.clear()
        for row in self.world.submissions:
            row["is_held_back"], row["held_back_rows"] = False, 0

    def another_day(self) -> None:
        self.world.as_of = _FIRST_DAY + dt.timedelta(days=self.dice.randrange(500))

    def another_finding(self) -> None:
        sent = self._sent()
        self.world.find(sent["submission_id"], sent["dataset"], "TR001", 2)

    def another_threshold(self) -> None:
        self._another(self.reference / "thresholds.csv", "value", lambda value: str(float(value) * 2))

    def another_rule(self) -> None:
        self._another(self.reference / "risk_rules.csv", "severity", lambda value: f"{value}+")

    def _another(self, path: Path, column: str, change: Callable[[str], str]) -> None:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.DictReader(file))
        row = self.dice.choice([row for row in table if row[column]])
        row[column] = change(row[column])
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)

    def _sent(self) -> dict[str, Any]:
        return self.dice.choice(self.world.submissions)

    def _rows_of(self, sent: dict[str, Any]) -> list[dict[str, Any]]:
        of_submission = {"submission_id", "row_index", "row_number", "delivery_order", "department_code", "unit_code"}
        return [
            {name: value for name, value in row.items() if name not in of_submission and not name.startswith("period")}
            for row in self.world.accepted[sent["submission_id"]]
        ]
