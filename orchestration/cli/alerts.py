"""Commands over alerts: which are open, and whether receivers can be reached."""

from __future__ import annotations

import json
import sys

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say, say_json
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError


@cli.group()
def alerts() -> None:
    """Alerts: what is open, and whether receivers can be reached."""


@alerts.command(name="list")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON document.")
def list_open(is_json: bool) -> None:
    """What is open, since when, and who does not know of it yet."""
    from orchestration.pipeline.alerts import alert_log, episodes
    from pages import words
    from warehouse.store import register
    from warehouse.store.settings import settings

    known = [episode for episode in episodes.fold(alert_log.read(Root.default())) if episode.is_open]
    receivers = settings().alerts.receivers
    untold = {
        episode.number: [receiver.name for receiver in receivers if episode.is_to_tell(receiver)] for episode in known
    }
    if is_json:
        facts = [{**episode.facts, "untold": untold[episode.number]} for episode in known]
        say_json(json.dumps(facts, ensure_ascii=False, indent=2) + "\n")
        return
    for episode in known:
        alert = episode.alert
        since = words.moment(register.moment(alert.since))
        say(f"{alert.title}  {since}起  {alert.what}\n    {alert.to_do}\n    {alert.link}")
        if untold[episode.number]:
            say(f"    not told yet: {', '.join(untold[episode.number])}")
    if not known:
        say("没有未恢复的告警。No alert is open.")


@alerts.command()
@click.argument("name", metavar="RECEIVER", required=False)
def test(name: str | None) -> None:
    """Send a test message to each receiver, or to one: a line each with what worked, and why not (exit 1)."""
    from orchestration.pipeline.alerts import delivery, message, watch
    from warehouse.store.settings import settings

    told = settings().alerts
    receivers = [receiver for receiver in told.receivers if name in (None, receiver.name)]
    if not receivers:
        known = ", ".join(receiver.name for receiver in told.receivers) or "none; deploy/skills.yaml shows how"
        raise OperatorError(f"There is no receiver {name or 'of alerts'} in the settings; known are {known}.")
    now = clock.now()
    failures = {
        receiver.name: delivery.attempt(receiver, message.trial(receiver.name, now), now) for receiver in receivers
    }
    for receiver in receivers:
        why = failures[receiver.name]
        say(f"{receiver.name} ({receiver.kind}): " + (f"not taken: {why}" if why else "taken"))
    if name is None and told.departments:
        server = watch.mail_server(told.receivers)
        by = f"by {server.name}" if server else "to nobody: there is no receiver of kind smtp"
        say(f"reminders of {len(told.departments)} departments go {by}")
    sys.exit(1 if any(failures.values()) else 0)
