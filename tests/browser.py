"""A real browser for tests of pages: opens them as people do, hears what goes wrong in them, and looks at them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import BROWSER

PATIENCE_MS = 60_000
"""For everything that is waited for: a busy machine is slow, not wrong."""
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
_HERE = re.compile(r"(file|data|blob):|http://127\.0\.0\.1:")
# What is not as it should be; an empty list or 0 is as it should be.
_LOOK = """() => {
  const hasText = node => [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim());
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = element => {
    for (let one = element; one; one = one.parentElement) {
      const found = rgb(getComputedStyle(one).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const light = color => {
    const [r, g, b] = color.slice(0, 3).map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const contrast = element => {
    const style = getComputedStyle(element);
    const pair = [light(rgb(element instanceof SVGElement ? style.fill : style.color)),
                  light(ground(element))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    return (pair[0] + .05) / (pair[1] + .05) >= (large ? 3 : 4.5);
  };
  const root = document.documentElement, all = [...document.body.querySelectorAll("*")];
  const found = selector => [...document.querySelectorAll(selector)], begins = one => one.outerHTML.slice(0, 90);
  return {
    over: Math.max(0, root.scrollWidth - root.clientWidth),
    faint: all.filter(one => !["SCRIPT", "TITLE", "DESC"].includes(one.tagName.toUpperCase()) && hasText(one)
      && !contrast(one)).map(begins),
    unreachable: found("a[href], button, input, select, summary").filter(one => one.tabIndex < 0).map(begins),
    scrolled: all.filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === "auto"
      && !(one.tabIndex === 0 && one.getAttribute("role") === "region" && one.getAttribute("aria-label"))).map(begins),
    nameless: found("input, select").filter(one => !one.labels.length).length
      + found("svg:not([aria-hidden])").filter(one => !one.getAttribute("aria-labelledby")).length
      + found("th").filter(one => !one.scope).length,
    twice: all.map(one => one.id).filter((id, place, ids) => id && ids.indexOf(id) !== place),
    headings: found("h1, h2, h3, h4").map(one => Number(one.tagName[1])),
  };
}"""


@contextmanager
def launched() -> Iterator[Browser]:
    """The machine's own Chromium, without a window; ends with all its processes."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, width: int = 1440, lacks: str | None = None) -> Iterator[Page]:
    """An empty page in a window of its own, to lead through one page after the other: that is three times as fast as a
    window for each. At its end it fails for every error of a script, breach of a page's policy, file not found, and
    request to anywhere else.

    Args:
        lacks: the end of the name of a file that is missing on purpose.
    """
    wrong: list[str] = []
    with browser.new_context(viewport={"width": width, "height": 900}) as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on(
            "console",
            lambda said: wrong.append(f"{said.text} {said.location['url']}") if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
        page.on("request", lambda request: None if _HERE.match(request.url) else wrong.append(f"asked: {request.url}"))
        yield page
        page.evaluate("() => new Promise(done => setTimeout(done))")  # what was thrown last is told after it
    unexpected = [message for message in wrong if not (lacks and message.endswith(lacks))]
    assert not unexpected, unexpected  # said here: pytest explains the asserts of test modules only


@contextmanager
def opened(browser: Browser, address: str, width: int = 1440, lacks: str | None = None) -> Iterator[Page]:
    """A page in a window of its own."""
    with window(browser, width, lacks) as page:
        page.goto(address)
        yield page


def drawn(page: Page) -> Page:
    """The page with all its charts; they come in a later frame. Not by `wait_for_function`: from its second look on the
    page's policy forbids what it does."""
    expect(page.locator(".chart:not(:has(svg))")).to_have_count(0)
    return page


def look(page: Page) -> dict[str, Any]:
    """What people would stumble over; an empty list or 0 is as it should be. Beside that the levels of the headings."""
    seen: dict[str, Any] = page.evaluate(_LOOK)
    return seen


def stumbles(seen: dict[str, Any]) -> dict[str, Any]:
    """Of what was looked at, what is not as it should be."""
    return {what: marks for what, marks in seen.items() if what != "headings" and marks not in ([], 0)}


def sheets(page: Page) -> int:
    """How many A4 sheets the page prints to, with a browser's usual margins where it names none."""
    margins: Any = dict.fromkeys(("top", "right", "bottom", "left"), "1cm")
    printed = page.pdf(format="A4", prefer_css_page_size=True, margin=margins)
    return len(re.findall(rb"/Type\s*/Page\b", printed))
