"""`make bench`: what the product costs, part by part, as tables and as JSON, and beside it what it promises.

Each part is a module with `measure`, `show` and `claims`, runs in a process of its own and can be called alone:
`python -m tests.bench history --scale 0.1`. Measured as a user would meet it: the installed `skills` on a data root of
its own, whole processes with all that they start. Without parts named, all run.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console

from tests.bench import claims
from tests.bench.parts import Options

PARTS = {
    "history": "one and three years, from empty and one correction at the end; --size: 1 or 3 years alone",
    "months": "a run for each of many months with a correction; --size: months",
    "intake": "many small files, one large text, one large workbook; --size: small files",
    "nation": "millions of participations: check, build, publish; --size: participations",
    "file": "skills check of one file; --size: rows of the text",
    "check": "the whole suite, and 23 checks beside other validators; --size: rows",
    "read": "reading and shaping beside pandas; --size: rows of the text",
    "report": "writing reports; --size: findings",
    "channels": "lists, and all feeds of a demo over its servers beside the folder; --size: files listed",
    "questions": "a leader's questions in the published file and in PostgreSQL, and dbt's stage before them",
    "postgres": "loading a publication into PostgreSQL; --size: participations",
}


def module(part: str) -> ModuleType:
    return importlib.import_module(f"tests.bench.bench_{part}")


def measured(part: str, options: Options) -> Any:
    """A part's report, made in a process of its own: what one leaves in memory is not the next one's."""
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        out = Path(folder) / "report.json"
        words = ["--scale", str(options.scale), "--size", str(options.size), "--report", str(out)]
        subprocess.run([sys.executable, "-m", "tests.bench", part, *words], check=True)
        return json.loads(out.read_text("utf-8"))


def main() -> None:
    told = "; ".join(f"{part}: {what}" for part, what in PARTS.items())
    parser = argparse.ArgumentParser(description=__doc__, epilog=told)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--scale", type=float, default=1.0, help="of the demo's worlds")
    parser.add_argument("--size", type=int, default=0, help="rows, files, months …: see each part")
    parser.add_argument("--json", type=Path, default=Path("bench.json"))
    parser.add_argument("--report", type=Path, help=argparse.SUPPRESS)  # of one part, for the process that asked
    arguments = parser.parse_args()
    options = Options(arguments.scale, arguments.size)
    unknown = set(arguments.parts) - PARTS.keys()
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}: {told}")
    if arguments.report:
        (part,) = arguments.parts
        arguments.report.write_text(json.dumps(module(part).measure(options), ensure_ascii=False), "utf-8")
        return
    reports, held = {}, []
    for part in arguments.parts or PARTS:
        reports[part] = measured(part, options)
        module(part).show(reports[part])
        held += module(part).claims(reports[part])
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    kept = {"when": when, "machine": machine, "load": os.getloadavg()[0], "parts": reports}
    arguments.json.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    Console().print(f"{machine}; load {os.getloadavg()[0]:.1f}: wall seconds mean something on an idle machine only")
    claims.show(held)


if __name__ == "__main__":
    main()
