"""A data root whose settings name receivers of alerts. Test support only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.pipeline import run_log
from orchestration.pipeline.alerts import watch
from orchestration.pipeline.alerts.watch import Look
from tests.orchestration.receivers import HOST
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock


@dataclass(frozen=True)
class House:
    root: Root

    def look(self, *, begins_reminders: bool = False) -> Look:
        look = watch.look(self.root, clock.now(), begins_reminders=begins_reminders)
        assert look is not None, self.events("look_failed")
        return look

    def events(self, name: str) -> list[dict[str, Any]]:
        """What the log of runs tells of an event."""
        path = run_log.file(self.root)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [told for told in map(json.loads, lines) if told["event"] == name]


def webhook_of(name: str, address: str, **told: object) -> dict[str, Any]:
    return {"name": name, "kind": "webhook", "url": address, **told}


def mail_of(name: str, port: int, **told: object) -> dict[str, Any]:
    place = {"host": HOST, "port": port, "tls": "none"}
    return {
        "name": name,
        "kind": "smtp",
        **place,
        "sender": "skills@house.example",
        "to": ["ops@house.example"],
        **told,
    }


def settle(
    monkeypatch: pytest.MonkeyPatch, folder: Path, receivers: Sequence[Mapping[str, Any]], **sections: Any
) -> House:
    """Writes the settings, which every process of the test then has; `sections`: others than receivers."""
    alerts = {"receivers": list(receivers), "disk_free_gb": 0.000001} | sections.pop("alerts", {})
    file = folder / "skills.yaml"
    file.write_text(yaml.safe_dump({"alerts": alerts} | sections, allow_unicode=True), "utf-8")
    monkeypatch.setenv("SKILLS_SETTINGS", str(file))
    monkeypatch.setenv("SKILLS_HOME", str(folder / "data"))
    monkeypatch.setenv("NO_PROXY", HOST)
    return House(Root.default().make())
