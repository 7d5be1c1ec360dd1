"""The status page: who owes what for which period, with outcome, standing and due day, as it is decided now.

Ends at the page's text; what a state is stands in `gather.grid`.
"""

from __future__ import annotations

from pages import words
from pages.gather import grid
from pages.gather.status import StatusFacts
from pages.render import environment, standing
from pages.render.grid import AWAITS, MARKS, NOT_TAKEN, heat_map


def status_page(facts: StatusFacts, site: str = "") -> str:
    """`site`: the way from the page to the root of the site, empty or with a slash at its end."""
    return environment.page(
        "status.html",
        facts=facts,
        is_demo=facts.is_demo,
        depth=site,
        states=words.GRID_STATES,
        marks=MARKS,
        events=(AWAITS, NOT_TAKEN),
        counts=facts.counts,
        awaiting=sum(states.latest == "awaiting" for states in facts.states),
        not_taken=sum(states.refused for states in facts.states),
        punctuality=grid.punctuality(facts.grid),
        open_rows=[(row, states, standing.axes(row)) for row, states in facts.open_rows],
        heat=heat_map(facts.grid, ("department_code", "unit_code", "dataset")),
        outcomes=words.OUTCOMES,
    )
