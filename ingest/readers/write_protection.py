"""Workbooks that Excel locked with its own password because they are read-only or protected: the workbook inside.

Excel opens them unasked, and their users know of no password. Where another one was set, nothing is tried. xlsx by
[MS-OFFCRYPTO] 2.3.4 (both ways), xls by 2.3.5 and [MS-XLS] 2.2.10. Ends at bytes, or at null.
"""

from __future__ import annotations

import functools
import hashlib
import struct
from base64 import b64decode
from collections.abc import Iterator

import numpy as np
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from lxml import etree
from xlrd.compdoc import CompDoc, CompDocError

from ingest.readers.markup import attributes, local, refuse_entities

EXCELS_OWN = "VelvetSweatshop"
_MOST_SPINS = 1_000_000
"""Excel writes 100,000, which takes 0.1 s; a file may ask for 4,000,000,000."""
_SEGMENT, _BLOCK = 4096, 1024
_VERIFIER, _VERIFIER_HASH = bytes.fromhex("fea7d2763b4b9e79"), bytes.fromhex("d7aa0f6d3061344e")
_KEY = bytes.fromhex("146e0be7abacd0d6")
_AGILE, _STANDARD = {(4, 4)}, {(2, 2), (3, 2), (4, 2)}
_FILEPASS, _BOUNDSHEET = 0x2F, 0x85
_IN_THE_OPEN = frozenset({0x809, _FILEPASS, 0xE1, 0x194, 0x195, 0x196, 0x138})
"""Records of an xls that are never encrypted; of BOUNDSHEET the first four bytes are not."""
_IGNORED = 0x0E2
"""INTERFACEEND, which readers pass over: it stands where FILEPASS stood."""


def opened_xlsx(content: bytes, password: str = EXCELS_OWN) -> bytes | None:
    """The zip inside an encrypted package; null where it has another password or a way that is not known."""
    try:
        streams = CompDoc(content, logfile=_Silence())
        about, package = streams.get_named_stream("EncryptionInfo"), streams.get_named_stream("EncryptedPackage")
        if not about or not package:
            return None
        version = struct.unpack_from("<HH", about)
        if version in _AGILE:
            return _agile(about[8:], package, password)
        return _standard(about[8:], package, password) if version in _STANDARD else None
    except (CompDocError, struct.error, ValueError, KeyError, IndexError, etree.XMLSyntaxError, AssertionError):
        return None


def opened_xls(content: bytes, password: str = EXCELS_OWN) -> bytes | None:
    """The records of an encrypted workbook in the open, as xlrd reads them without their container."""
    try:
        streams = CompDoc(content, logfile=_Silence())
        stream = streams.get_named_stream("Workbook")
        if stream is None:
            return None
        records = list(_records(stream))
        at, size = next((at, size) for kind, at, size in records if kind == _FILEPASS)
        keys = _xls_keys(stream[at : at + size], password)
        return _decrypted(stream, records, keys) if keys else None
    except (CompDocError, struct.error, ValueError, IndexError, StopIteration, AssertionError):
        return None


class _Silence:
    def write(self, text: str) -> None:
        """What is odd in a container is no concern of its sender."""


def _agile(about: bytes, package: bytes, password: str) -> bytes | None:
    refuse_entities(about, "xlsx")
    root = etree.fromstring(about, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    said = {local(element): attributes(element) for element in root.iter(etree.Element)}
    data, lock = said["keyData"], said["encryptedKey"]
    spins = int(lock["spinCount"])
    if spins > _MOST_SPINS:
        return None
    digest, salt = lock["hashAlgorithm"].replace("-", "").lower(), b64decode(lock["saltValue"])
    spun = _spun(digest, salt, password, spins)

    def unlocked(block: bytes, name: str) -> bytes:
        key = hashlib.new(digest, spun + block).digest()[: int(lock["keyBits"]) // 8]
        return _aes(key, b64decode(lock[name]), salt[: int(lock["blockSize"])])

    verifier = hashlib.new(digest, unlocked(_VERIFIER, "encryptedVerifierHashInput")).digest()
    if verifier != unlocked(_VERIFIER_HASH, "encryptedVerifierHashValue")[: len(verifier)]:
        return None
    key = unlocked(_KEY, "encryptedKeyValue")[: int(data["keyBits"]) // 8]
    digest, salt, width = data["hashAlgorithm"].replace("-", "").lower(), b64decode(data["saltValue"]), 16
    size, body = int.from_bytes(package[:8], "little"), package[8:]
    plain = bytearray()
    for number, start in enumerate(range(0, len(body) // width * width, _SEGMENT)):
        begin = hashlib.new(digest, salt + struct.pack("<I", number)).digest()[:width]
        segment = body[start : start + _SEGMENT]
        plain += _aes(key, segment[: len(segment) // width * width], begin)
    return bytes(plain[:size])


def _standard(about: bytes, package: bytes, password: str) -> bytes | None:
    header_size = struct.unpack_from("<I", about)[0]
    key_size = struct.unpack_from("<IIIIIII", about, 4)[4] // 8
    verifier = about[4 + header_size :]
    salt, locked, locked_hash = verifier[4:20], verifier[20:36], verifier[40:72]
    last = hashlib.sha1(_spun("sha1", salt, password, 50_000) + bytes(4)).digest()
    key = b"".join(_padded_sha1(last, byte) for byte in (0x36, 0x5C))[:key_size]
    if hashlib.sha1(_aes(key, locked)).digest() != _aes(key, locked_hash)[:20]:
        return None
    size, body = int.from_bytes(package[:8], "little"), package[8:]
    return _aes(key, body[: len(body) // 16 * 16])[:size]


def _padded_sha1(last: bytes, byte: int) -> bytes:
    mixed = bytes(left ^ byte for left in last.ljust(64, b"\0"))
    return hashlib.sha1(mixed).digest()


def _spun(digest: str, salt: bytes, password: str, spins: int) -> bytes:
    spun = hashlib.new(digest, salt + password.encode("utf-16-le")).digest()
    make = getattr(hashlib, digest, functools.partial(hashlib.new, digest))
    for number in range(spins):
        spun = make(number.to_bytes(4, "little") + spun).digest()
    return spun


def _aes(key: bytes, locked: bytes, begin: bytes | None = None) -> bytes:
    unlocking = Cipher(AES(key), CBC(begin) if begin else ECB()).decryptor()
    return unlocking.update(locked) + unlocking.finalize()


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size of each record's content."""
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, size
        at += 4 + size


def _xls_keys(filepass: bytes, password: str) -> functools.partial[bytes] | None:
    """What gives the key of a block by its number."""
    way, major, minor = struct.unpack_from("<HHH", filepass)
    if way != 1:
        return None
    text = password.encode("utf-16-le")
    if (major, minor) == (1, 1):
        salt, verifier, locked_hash = filepass[6:22], filepass[22:38], filepass[38:54]
        first = hashlib.md5((hashlib.md5(text).digest()[:5] + salt) * 16).digest()[:5]
        keys, digest = functools.partial(_block_key, "md5", first, 16), "md5"
    else:
        header_size = struct.unpack_from("<I", filepass, 10)[0]
        bits = struct.unpack_from("<I", filepass, 14 + 16)[0]
        rest = filepass[14 + header_size :]
        salt, verifier, locked_hash = rest[4:20], rest[20:36], rest[40:60]
        first = hashlib.sha1(salt + text).digest()
        keys, digest = functools.partial(_block_key, "sha1", first, bits // 8 or 5), "sha1"
    unlocked = Cipher(ARC4(keys(0)), None).decryptor().update(verifier + locked_hash)
    return keys if hashlib.new(digest, unlocked[:16]).digest() == unlocked[16:] else None


def _block_key(digest: str, first: bytes, size: int, block: int) -> bytes:
    key = hashlib.new(digest, first + struct.pack("<I", block)).digest()[:size]
    return key.ljust(16, b"\0") if size == 5 else key


def _decrypted(stream: bytes, records: list[tuple[int, int, int]], keys: functools.partial[bytes]) -> bytes:
    blocks = range((len(stream) + _BLOCK - 1) // _BLOCK)
    noise = b"".join(Cipher(ARC4(keys(block)), None).encryptor().update(bytes(_BLOCK)) for block in blocks)
    locked = np.frombuffer(stream, np.uint8)
    plain = locked ^ np.frombuffer(noise, np.uint8)[: len(stream)]
    for kind, at, size in records:
        open_from, open_to = at - 4, at + (size if kind in _IN_THE_OPEN else 4 if kind == _BOUNDSHEET else 0)
        plain[open_from:open_to] = locked[open_from:open_to]
        if kind == _FILEPASS:
            plain[at - 4 : at - 2] = np.frombuffer(struct.pack("<H", _IGNORED), np.uint8)
    end = records[-1][1] + records[-1][2]
    return plain[:end].tobytes()
