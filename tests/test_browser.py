"""What tests of pages rely on: a page that is wrong in one way is heard or seen, and only for that."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import look, opened, stumbles

pytestmark = pytest.mark.browser
POLICY = """<meta http-equiv="Content-Security-Policy" content="default-src 'self' 'unsafe-inline'; img-src *">"""


def page(folder: Path, body: str) -> str:
    path = folder / "page.html"
    path.write_text(f'<!doctype html><html lang="zh"><meta charset="utf-8">{POLICY}<h1>页面</h1>{body}', "utf-8")
    return path.as_uri()


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        ("<script>missing()</script>", "missing is not defined"),
        ("<script>Promise.reject(new Error('lost'))</script>", "lost"),
        ("<script>console.error('said')</script>", "said"),
        ("<script>try { eval('1') } catch {}</script>", "script-src"),
        ('<script src="gone.js"></script>', "gone.js"),
        ('<img src="http://far.invalid/x.png" alt="">', "asked: http://far.invalid/x.png"),
    ],
)
def test_what_goes_wrong_in_a_page_is_heard(chromium: Browser, tmp_path: Path, body: str, heard: str) -> None:
    with pytest.raises(AssertionError, match=heard), opened(chromium, page(tmp_path, body)):
        pass


def test_only_the_file_that_is_missing_on_purpose_may_be_missing(chromium: Browser, tmp_path: Path) -> None:
    address = page(tmp_path, '<script src="gone.js"></script>')
    with opened(chromium, address, lacks="gone.js"):
        pass
    with pytest.raises(AssertionError, match=r"gone\.js"), opened(chromium, address, lacks="other.js"):
        pass


WIDE = '<div style="overflow-x:auto;width:100px"{more}><div style="width:300px">甲</div></div>'


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ('<div style="width:800px">甲</div>', {"over"}),
        ('<p style="color:#999">甲</p>', {"faint"}),
        ('<div style="background:#334"><p>甲</p></div>', {"faint"}),
        ('<p style="color:#888;font-size:24px">甲</p>', set()),
        ('<a href="#x" tabindex="-1">甲</a>', {"unreachable"}),
        (WIDE.format(more=""), {"scrolled"}),
        (WIDE.format(more=' tabindex="0" role="region" aria-label="甲"'), set()),
        ("<input>", {"nameless"}),
        ("<label>甲<input></label>", set()),
        ("<svg></svg>", {"nameless"}),
        ("<table><tr><th>甲</table>", {"nameless"}),
        ('<p id="a">甲</p><p id="a">乙</p>', {"twice"}),
    ],
)
def test_what_people_would_stumble_over_is_seen(chromium: Browser, tmp_path: Path, body: str, wrong: set[str]) -> None:
    with opened(chromium, page(tmp_path, body), 390) as shown:
        seen = look(shown)
    assert set(stumbles(seen)) == wrong
    assert seen["headings"] == [1]
