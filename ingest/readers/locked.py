"""What keeps a file shut, before anything else is asked of it: programs that encrypt all documents of an office,
rights management, passwords. What Excel locked with its own password is given on as it is inside.

How that is done is `write_protection`; zip and ods say themselves that they are locked. Ends at bytes.
"""

from __future__ import annotations

from ingest.limits import limits
from ingest.readers.sheet import Unreadable

_ZIP = b"PK"
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GUARDED = (b"%TSD-Header-###%", b"E-SafeNet")
"""What files begin with that a document guard (绿盾, 亿赛通) encrypts as they are written."""
_GUARD_WITHIN = 64
_BY_GUARD = "文件被本单位的文档加密软件（如亿赛通、绿盾）加密，外单位打不开；请按本单位的规定解密（外发）后重新报送。"
_BROKEN_INSIDE = (
    "工作簿设为只读或受保护（没有设打开密码），但保护之内的内容不完整，打不开；"
    "请在 Excel 或 WPS 里打开原件，取消保护后另存，重新报送。"
)
_BY_RIGHTS = "工作簿设有权限管理（限制访问），请取消“限制访问”后另存，重新报送。"


def unlocked(content: bytes) -> bytes:
    """The same bytes where nothing is locked, or by a password of its sender; `Unreadable` for guards and rights."""
    if any(mark in content[:_GUARD_WITHIN] for mark in _GUARDED):
        raise Unreadable("encrypted", _BY_GUARD)
    if not content.startswith(_OLE2) or "EncryptedPackage".encode("utf-16-le") not in content:
        return content
    if "DRMEncrypted".encode("utf-16-le") in content:
        raise Unreadable("encrypted", _BY_RIGHTS, "xlsx")
    if limits().oversize(len(content)) is not None:
        return content
    from ingest.readers import write_protection  # 0.05 s, for few files

    inside = write_protection.opened_xlsx(content)
    if inside is not None and not inside.startswith(_ZIP):
        raise Unreadable("encrypted", _BROKEN_INSIDE, "xlsx")
    return inside or content
