"""One step of a run over a root that `bench_nation` laid out, as a process whose cost is measured from outside.

`python -m tests.bench.nation_step build|publish DAY`, on the root of SKILLS_HOME. What is pinned there is more than
what was decided, so nothing is decided or pinned here.
"""

from __future__ import annotations

import datetime as dt
import sys

from orchestration.pipeline import run as steps
from orchestration.pipeline.dbt import Dbt
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock


def main(step: str, as_of: dt.date) -> None:
    root = Root.default()
    if step == "build":
        built = Dbt(root).build()
        if built.failed:
            raise SystemExit(f"dbt: {built.failed}")
    else:
        steps.publish(steps.Run(root, as_of, clock.now(), replace_newer=True))


if __name__ == "__main__":
    main(sys.argv[1], dt.date.fromisoformat(sys.argv[2]))
