"""The pages as a browser lays them out: nothing runs over the edge on a desktop or on a phone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import BROWSER
from tests.e2e.harness import Skills

pytestmark = pytest.mark.browser
FRAME = """<!doctype html><meta charset="utf-8"><iframe id="page" src="{page}" width="{width}" height="900"></iframe>
<p id="told">waiting</p><script>
document.getElementById("page").addEventListener("load", event => {{
  const inside = event.target.contentDocument.documentElement;
  document.getElementById("told").textContent = `${{inside.scrollWidth}} of ${{inside.clientWidth}}`;
}});
</script>"""


def layout(page: Path, width: int, folder: Path) -> tuple[int, int]:
    """The page's scroll width and client width in a frame of this width."""
    wrapper = folder / f"{width}.html"
    wrapper.write_text(FRAME.format(page=page.as_uri(), width=width), "utf-8")
    done = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--allow-file-access-from-files",
         f"--user-data-dir={folder}/p", "--virtual-time-budget=4000", "--dump-dom", wrapper.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )
    told = re.search(r'id="told">(\d+) of (\d+)<', done.stdout)
    assert told, done.stdout[-500:]
    return int(told[1]), int(told[2])


def pages(skills: Skills) -> list[Path]:
    reports = skills.root.reports
    worst = max(reports.glob("*/*.html"), key=lambda path: path.stat().st_size)
    return [reports / "index.html", reports / "HRSS" / "index.html", reports / "CAB" / "index.html", worst]


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_fit(skills: Skills, tmp_path: Path, width: int) -> None:
    for page in pages(skills):
        assert page.is_file(), page
        scroll, client = layout(page, width, tmp_path)
        assert scroll <= client, f"{page.name} is {scroll} wide in {client}"


def test_no_page_reaches_outside(skills: Skills) -> None:
    for page in skills.root.reports.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", text), page
        assert "@import" not in text
