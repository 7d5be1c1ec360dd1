"""Workbooks locked as Excel locks them: agile encryption of xlsx, RC4 of xls; and what other programs lock."""

from __future__ import annotations

import base64
import hashlib
import struct

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from xlrd.compdoc import CompDoc

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SPINS = 1000
_SALT, _KEY_SALT, _KEY, _VERIFIER = (bytes([number]) * size for number, size in ((1, 16), (2, 16), (3, 32), (4, 16)))


def container(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file with these streams, none of them in small sectors."""
    sizes = [-(-len(content) // SECTOR) for content in streams.values()]
    fat_sectors = -(-(sum(sizes) + 2) // (SECTOR // 4 - 1))
    table = [FAT] * fat_sectors + [END]
    starts = []
    for size in sizes:
        starts.append(len(table))
        table += [*range(len(table) + 1, len(table) + size), END]
    table += [FREE] * (fat_sectors * SECTOR // 4 - len(table))
    entries = [_entry("Root Entry", 5, END, 0, 1 if streams else FREE, FREE)]
    for number, (name, content) in enumerate(streams.items(), 1):
        after = number + 1 if number < len(streams) else FREE
        entries.append(_entry(name, 2, starts[number - 1], len(content), FREE, after))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIIIII", fat_sectors, fat_sectors, 0, 0, END, 0, END, 0)
    head += struct.pack("<109I", *range(fat_sectors), *[FREE] * (109 - fat_sectors))
    body = struct.pack(f"<{len(table)}I", *table) + b"".join(entries).ljust(SECTOR, b"\0")
    return (
        head
        + body
        + b"".join(content.ljust(-(-len(content) // SECTOR) * SECTOR, b"\0") for content in streams.values())
    )


def _entry(name: str, kind: int, start: int, size: int, child: int, after: int) -> bytes:
    text = name.encode("utf-16-le")
    place = struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, after, child)
    return text.ljust(64, b"\0") + place + bytes(36) + struct.pack("<II", start, size) + bytes(4)


def locked_xlsx(content: bytes, password: str = "VelvetSweatshop") -> bytes:
    spun = hashlib.sha512(_SALT + password.encode("utf-16-le")).digest()
    for number in range(SPINS):
        spun = hashlib.sha512(struct.pack("<I", number) + spun).digest()

    def lock(block: str, plain: bytes) -> str:
        key = hashlib.sha512(spun + bytes.fromhex(block)).digest()[:32]
        return base64.b64encode(_aes(key, _SALT, plain)).decode()

    shared = 'saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"'  # noqa: E501
    about = (
        '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" '
        'xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
        f'<keyData {shared} saltValue="{base64.b64encode(_KEY_SALT).decode()}"/><keyEncryptors><keyEncryptor>'
        f'<p:encryptedKey spinCount="{SPINS}" {shared} saltValue="{base64.b64encode(_SALT).decode()}" '
        f'encryptedVerifierHashInput="{lock("fea7d2763b4b9e79", _VERIFIER)}" '
        f'encryptedVerifierHashValue="{lock("d7aa0f6d3061344e", hashlib.sha512(_VERIFIER).digest())}" '
        f'encryptedKeyValue="{lock("146e0be7abacd0d6", _KEY)}"/></keyEncryptor></keyEncryptors></encryption>'
    )
    package = struct.pack("<Q", len(content))
    for number, start in enumerate(range(0, len(content), 4096)):
        begin = hashlib.sha512(_KEY_SALT + struct.pack("<I", number)).digest()[:16]
        package += _aes(_KEY, begin, content[start : start + 4096])
    info = struct.pack("<HHI", 4, 4, 0x40) + about.encode()
    return container({"EncryptionInfo": info, "EncryptedPackage": package})


def _aes(key: bytes, begin: bytes, plain: bytes) -> bytes:
    locking = Cipher(AES(key), CBC(begin)).encryptor()
    return locking.update(plain.ljust(-(-len(plain) // 16) * 16, b"\0")) + locking.finalize()


def locked_xls(content: bytes, password: str = "VelvetSweatshop") -> bytes:
    """By RC4 in blocks of 1,024 bytes; heads of records, BOF and the places of sheets stay in the open."""
    stream = CompDoc(content).get_named_stream("Workbook")
    first = hashlib.md5((hashlib.md5(password.encode("utf-16-le")).digest()[:5] + _SALT) * 16).digest()[:5]
    verifier = _rc4(first, 0, _VERIFIER + hashlib.md5(_VERIFIER).digest())
    filepass = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + _SALT + verifier
    at = 4 + struct.unpack_from("<H", stream, 2)[0]
    plain = bytearray(stream[:at] + filepass + stream[at:])
    noise = b"".join(_rc4(first, block, bytes(1024)) for block in range(len(plain) // 1024 + 1))
    locked = bytearray(byte ^ other for byte, other in zip(plain, noise, strict=False))
    at = 0
    while at + 4 <= len(plain):
        kind, size = struct.unpack_from("<HH", plain, at)
        if kind == 0x85:
            place = struct.unpack_from("<I", plain, at + 4)[0] + len(filepass)
            plain[at + 4 : at + 8] = struct.pack("<I", place)
        is_open = 4 + size if kind in (0x809, 0x2F) else 8 if kind == 0x85 else 4
        locked[at : at + is_open] = plain[at : at + is_open]
        at += 4 + size
    return container({"Workbook": bytes(locked).ljust(4096, b"\0")})


def _rc4(first: bytes, block: int, plain: bytes) -> bytes:
    return Cipher(ARC4(hashlib.md5(first + struct.pack("<I", block)).digest()), None).encryptor().update(plain)
