"""A real browser for tests of pages: opens one without a window, and looks at pages in frames of a given width."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.conftest import BROWSER

# look(page): what is not as it should be; an empty list or 0 is as it should be.
LOOK = """
const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
function ground(element) {
  for (let one = element; one; one = one.parentElement) {
    const found = rgb(one.ownerDocument.defaultView.getComputedStyle(one).backgroundColor);
    if (found.length === 3 || found[3] === 1) return found;
  }
  return [255, 255, 255];
}
function light(color) {
  const [r, g, b] = color.slice(0, 3).map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
}
function contrast(element) {
  const style = element.ownerDocument.defaultView.getComputedStyle(element);
  const pair = [light(rgb(element instanceof element.ownerDocument.defaultView.SVGElement ? style.fill : style.color)),
                light(ground(element))].sort((a, b) => b - a);
  const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
  return (pair[0] + .05) / (pair[1] + .05) >= (large ? 3 : 4.5);
}
function look(page) {
  const root = page.documentElement, all = [...page.body.querySelectorAll("*")];
  const texts = all.filter(one => !["SCRIPT", "TITLE", "DESC"].includes(one.tagName.toUpperCase())
    && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()));
  return {
    over: root.scrollWidth - root.clientWidth,
    faint: texts.filter(one => !contrast(one)).map(one => one.outerHTML.slice(0, 90)),
    headings: [...page.querySelectorAll("h1, h2, h3, h4")].map(one => Number(one.tagName[1])),
    unreachable: [...page.querySelectorAll("a[href], button, input, select, summary")]
      .filter(one => one.tabIndex < 0).map(one => one.outerHTML.slice(0, 90)),
    scrolled: all.filter(one => one.scrollWidth > one.clientWidth + 1
      && page.defaultView.getComputedStyle(one).overflowX === "auto"
      && !(one.tabIndex === 0 && one.getAttribute("role") === "region" && one.getAttribute("aria-label")))
      .map(one => one.outerHTML.slice(0, 90)),
    nameless: [...page.querySelectorAll("input, select")].filter(one => !one.labels.length).length
      + [...page.querySelectorAll("svg:not([aria-hidden])")].filter(one => !one.getAttribute("aria-labelledby")).length
      + [...page.querySelectorAll("th")].filter(one => !one.scope).length,
    twice: all.map(one => one.id).filter((id, place, ids) => id && ids.indexOf(id) !== place),
  };
}
"""


def browse(folder: Path, *options: str) -> str:
    done = subprocess.run(
        [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--allow-file-access-from-files",
         f"--user-data-dir={folder}/profile", *options],
        capture_output=True, text=True, timeout=120, check=True,
    )
    return done.stdout


def answered(dumped: str) -> dict[str, Any]:
    answer = re.search(r'<p id="told">(\{.*?\})</p>', dumped, re.S)
    assert answer, dumped[-500:]
    told: dict[str, Any] = json.loads(html.unescape(answer[1]))
    return told
