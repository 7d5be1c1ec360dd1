"""Sample pages in a real browser: they fit their width, and the page's own script runs under its policy."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from expectations.report.bureau import bureau_page
from expectations.report.department import department_page
from expectations.report.submission import Context, submission_page
from tests.conftest import BROWSER
from tests.expectations.report import report_samples as samples

pytestmark = pytest.mark.browser
WIDTHS = (1440, 768, 390)
LONG = "A" * 300
FRAME = """<!doctype html><meta charset="utf-8">{frames}<p id="told"></p><script>
addEventListener("load", () => {{
  const frames = [...document.querySelectorAll("iframe")], told = {{}};
  for (const frame of frames) {{
    const root = frame.contentDocument.documentElement;
    told[frame.id] = root.scrollWidth - root.clientWidth;
  }}
  const page = frames[0].contentDocument, table = page.querySelector("table[data-tools]");
  page.querySelector("input").value = "TR001";
  page.querySelector("input").dispatchEvent(new Event("input"));
  told.found = page.querySelector("output").textContent;
  table.querySelectorAll("thead button")[1].click();
  told.rows = [...table.tBodies[0].rows].map(row => Number(row.cells[1].textContent));
  document.getElementById("told").textContent = JSON.stringify(told);
}});
</script>"""


def test_pages_fit_and_lists_can_be_searched_and_sorted(tmp_path: Path) -> None:
    grid = samples.grid()
    own = [row for row in grid if row["department_code"] == "HRSS"]
    found = samples.findings()
    long_names = samples.decision(file_name=LONG, sheet=LONG, headers=((LONG, "id_no"), (LONG + "b", None)))
    pages = {
        "report": submission_page(samples.decision(), found, Context(in_site=True, across=samples.across())),
        "long": submission_page(long_names, [samples.finding(samples.RULES[0], 1, sheet=LONG, value=LONG,
                                                             expected=LONG, message=LONG, fix=LONG)]),
        "department": department_page("HRSS", samples.AS_OF, own, samples.submissions(own), samples.top_rules()),
        "bureau": bureau_page(samples.AS_OF, samples.targets(), samples.months(), grid, samples.top_rules()),
    }
    for name, text in pages.items():
        (tmp_path / f"{name}.html").write_text(text, "utf-8")
    frames = [f'<iframe id="{name} {width}" src="{name}.html" width="{width}" height="900"></iframe>'
              for name in pages for width in WIDTHS]
    (tmp_path / "frames.html").write_text(FRAME.format(frames="".join(frames)), "utf-8")
    done = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--allow-file-access-from-files",
         f"--user-data-dir={tmp_path}/profile", "--virtual-time-budget=6000", "--dump-dom",
         (tmp_path / "frames.html").as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )
    answer = re.search(r'<p id="told">(\{.*?\})</p>', done.stdout)
    assert answer, done.stdout[-500:]
    told = json.loads(answer[1])
    assert {name: over for name, over in told.items() if name not in ("found", "rows") and over > 0} == {}
    assert told["found"] == f"显示 {sum(row['rule'] == 'TR001' for row in found)} 行"
    assert told["rows"] == sorted(row["row"] for row in found)
