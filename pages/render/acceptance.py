"""The certificate of what was accepted: a page that prints to one sheet, and the JSON that its checksum is over."""

from __future__ import annotations

import hashlib
from dataclasses import asdict

from pages.gather.acceptance import AcceptanceStatement, OpenState
from pages.render import environment
from pages.texts import json_text

SHOWN_OPEN = 8
"""What is open is listed up to here, so that all stays on one sheet."""
OPEN_TITLES: dict[OpenState, str] = {
    "returned": "退回后未重报",
    "missing": "逾期未报",
    "held_back": "暂缓入库，市局处理中",
    "held": "有行待更正",
    "not_due": "未到期，尚未报送",
}
_COLUMNS = {
    "owed": "应报（份）",
    "accepted_submissions": "接收（份）",
    "received_rows": "收到（行）",
    "accepted_rows": "校验通过（行）",
    "held_rows": "待更正（行）",
    "withdrawn_rows": "作废（行）",
}


def acceptance_texts(statement: AcceptanceStatement, is_demo: bool = False) -> dict[str, str]:
    """Ending → text: the JSON of all that is stated, and the page with the SHA-256 of that JSON."""
    stated = asdict(statement) | {"open": [tuple(item) for item in statement.open]}
    text = json_text(stated)
    page = environment.page(
        "acceptance.html",
        statement=statement,
        is_demo=is_demo,
        checksum=hashlib.sha256(text.encode()).hexdigest(),
        states=OPEN_TITLES,
        columns=_COLUMNS,
        shown=statement.open[:SHOWN_OPEN],
        districts=any("." in item.unit for item in statement.open),
    )
    return {"html": page, "json": text}
