"""What a JSON file says of the pages that its records are one of. Ends at a remark.

Names of members as paging systems write them (MyBatis, Spring, OData, Laravel and the like); finding the records is
`json_records`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Any

from warehouse.vocabulary.submission import Remark

_TOTAL = (
    "total|count|totalcount|totalelements|totalrecords?|totalrows?|totalnum|totalsize|totalitems|recordstotal"
    "|recordcount|rowcount|odatacount|总数|总条数|总记录数|总行数"
)
_PAGES = "pages|totalpages?|pagecount|pagetotal|lastpage|总页数"
_SIZE = "size|pagesize|perpage|limit|rowsperpage|每页条数"
_CURRENT = "current|page|pagenum|pageno|currentpage|pageindex|pagenumber|number|当前页|页码"
_MORE = "hasnext|hasnextpage|hasmore|more|是否有下一页"
_LAST = "last|islast|islastpage"
_NEXT = "next|nextpage|nextpageurl|nextlink|odatanextlink|nextcursor|nextpagetoken|nexttoken|下一页"
_ENVELOPE = re.compile(
    f"{_TOTAL}|{_PAGES}|{_SIZE}|{_CURRENT}|{_MORE}|{_LAST}|{_NEXT}|code|msg|message|success|status|error|errors|data"
    "|result|results|list|items|rows|records|content|value|timestamp|time|offset|start|end|first|firstpage|prev"
    "|prepage|hasprevious|haspreviouspage|isfirstpage|orders|sort|searchcount|optimizecountsql|countid|maxlimit|traceid"
    "|requestid|odatacontext|body|page|pageable|meta|数据"
)


def pages_of(values: Sequence[Any]) -> list[list[Any]]:
    """The records of each of several pages; none where any is no page, as the first of most lists."""
    pages = [*takewhile(len, map(_page, values))]
    return pages if len(pages) == len(values) else []


def _page(value: Any) -> list[Any]:
    """The records in a page of an answer that holds nothing else; none for what is no such page."""
    while isinstance(value, dict):
        inner = [part for part in value.values() if isinstance(part, list | dict) and part]
        if len(inner) != 1 or not all(_ENVELOPE.fullmatch(_name(key)) for key in value):
            return []
        value = inner[0]
    return value if isinstance(value, list) and all(isinstance(record, dict) for record in value) else []


def remarks(members: Iterable[tuple[str, Any]], count: int, pages: int) -> tuple[Remark, ...]:
    """What is missing beside the records that came.

    Args:
        members: the plain members beside the records.
        count, pages: the records and the pages that the file holds.
    """
    facts = [(_name(key), value) for key, value in members]
    stated = max(_numbers(facts, _TOTAL), default=0)
    if stated > count:
        return (Remark("records_missing", {"stated": str(stated), "count": str(count)}),)
    if stated:
        return ()
    of_pages, size, current = (max(_numbers(facts, names), default=0) for names in (_PAGES, _SIZE, _CURRENT))
    if of_pages > pages and not (size and count > size * (of_pages - 1)):
        here = f"，这是第 {current} 页" if current else ""
        return (Remark("pages_missing", {"said": f"共 {of_pages} 页{here}"}),)
    is_followed = any(
        (re.fullmatch(_MORE, name) and value is True)
        or (re.fullmatch(_LAST, name) and value is False)
        or (re.fullmatch(_NEXT, name) and isinstance(value, str | int) and value not in ("", 0, False))
        for name, value in facts[-len(facts) // max(pages, 1) :]
    )
    return (Remark("pages_missing", {"said": "这一页后面还有下一页"}),) if is_followed else ()


def _name(key: str) -> str:
    return re.sub(r"[_@.\s-]", "", key).lower()


def _numbers(facts: Iterable[tuple[str, Any]], names: str) -> list[int]:
    written = (str(value) for name, value in facts if re.fullmatch(names, name) and not isinstance(value, bool))
    return [int(number) for number in written if number.isascii() and number.isdigit() and len(number) < 10]
