"""What `skills run` tells of itself: tables and lines for people, one line where there was nothing to do, or one JSON
document for programs. Ends at texts and what is printed.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from orchestration.cli.plain import say
from orchestration.pipeline import run_outcomes
from orchestration.pipeline.alerts.delivery import Delivery
from orchestration.pipeline.alerts.watch import Look
from orchestration.pipeline.outstanding import Need
from orchestration.pipeline.run import Run
from orchestration.pipeline.watched_run import Watched
from warehouse.published.publication import Publication


@dataclass
class Done:
    """What became of a run. `need`: what it had to do; `publication`: what is shown after it; `is_new`: whether it was
    shown before."""

    run: Run
    watched: Watched | None = None
    need: Need | None = None
    publication: Publication | None = None
    is_new: bool = False


def show(done: Done) -> None:
    """For people."""
    from orchestration.cli import terminal

    current, root = done.publication, done.run.root
    if current is None:
        return
    place = f"publication {current.publication_id} → {root.current}"
    if done.need is None:
        say(f"没有新的报送，发布内容不变。Nothing new since the last publication; {place}")
        return
    if done.need == "reports":
        say("没有新的报送；报告已补齐。Nothing new; the reports were completed.")
    terminal.console.print(terminal.departments(current))
    terminal.console.print(terminal.targets(current))
    for line in terminal.held_back(current):
        terminal.console.print(line)
    say("\n".join((*done.run.notes, place, f"reports → {root.reports / 'index.html'}", *_alert_lines(done.watched))))


def _alert_lines(watched: Watched | None) -> list[str]:
    look = watched.look if watched else None
    if look is None:
        return []
    count = sum(map(len, look.standing.values()))
    lines = [f"{count} alerts are open: skills alerts list"] if count else []
    failed = look.told.failed | look.reminded.failed
    return lines + [f"{name} could not be told: {why}; tried again next time" for name, why in failed.items()]


def document(done: Done) -> str:
    """Run, stages, counts by department, publication, alerts; also of a run that failed, with what is known of it."""
    watched = done.watched
    told = {
        "run": {
            "outcome": watched.outcome if watched and watched.ended else "refused",
            "did": done.need or "nothing",
            "as_of_date": done.run.as_of.isoformat(),
            "began_at": watched.began if watched else None,
            "ended_at": watched.ended if watched else None,
            "reason": watched.reason if watched else None,
            "notes": list(done.run.notes),
        },
        "stages": run_outcomes.by_stage(done.run.stages.spans),
        "departments": _departments(done.publication),
        "publication": _publication(done),
        "alerts": _alerts(watched.look if watched else None),
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"


def _departments(current: Publication | None) -> list[dict[str, Any]]:
    from orchestration.cli import terminal

    return terminal.department_counts(current) if current else []


def _publication(done: Done) -> dict[str, Any] | None:
    current = done.publication
    if current is None:
        return None
    failures = (current.manifest.get("held_back") or {"failures": []})["failures"]
    return {
        "publication_id": current.publication_id,
        "as_of_date": current.manifest["as_of_date"],
        "folder": str(current.folder),
        "is_new": done.is_new,
        "held_back": sorted({failure["submission_id"] for failure in failures}),
    }


def _alerts(look: Look | None) -> dict[str, Any] | None:
    if look is None:
        return None
    alerts = [alert for of_kind in look.standing.values() for alert in of_kind]
    return {
        "open": [dataclasses.asdict(alert) for alert in alerts],
        "raised": look.raised,
        "ended": look.ended,
        "told": _delivered(look.told),
        "reminded": _delivered(look.reminded),
    }


def _delivered(delivery: Delivery) -> dict[str, Any]:
    return {"sent": delivery.sent, "failed": delivery.failed}
