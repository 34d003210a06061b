"""Turn a file's bytes into text: UTF-8, UTF-16 or GB18030, told apart by strict decoding."""

import codecs
import re
from pathlib import Path

from db.errors import FileRejected

MARKED = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
ZIP = b"PK\x03\x04"
NEARBY = 50_000
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def text_of(path: Path) -> str:
    """Return a file's text. Raises FileRejected naming the first byte that no encoding explains."""
    data = path.read_bytes()
    if not data.strip():
        raise FileRejected(f"{path} is empty")
    if data.startswith(ZIP):
        raise FileRejected(f"{path} is a workbook or an archive, not a text; name it .xlsx if so")
    return _decoded(data, path)


def _decoded(data: bytes, path: Path) -> str:
    for mark, encoding in MARKED.items():
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise _broken(path, data, error, encoding.removesuffix("-sig").upper()) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data, error.start):
            raise _broken(path, data, error, "UTF-8") from error
        return _chinese(data, path)


def _chinese(data: bytes, path: Path) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _unknown(path, data, error.start) from error
    if not _reads_as_chinese(text):
        raise _unknown(path, data, next(i for i, byte in enumerate(data) if byte > 127))
    return text


def _is_mostly_utf8(data: bytes, start: int) -> bool:
    # GB18030 also takes the bytes of most broken UTF-8 files, and would turn them into noise.
    nearby = data[max(0, start - NEARBY) : start + NEARBY].decode("utf-8", "replace")
    errors = nearby.count("\ufffd")
    return sum(not character.isascii() for character in nearby) - errors > errors


def _reads_as_chinese(text: str) -> bool:
    # Windows-1252 and Big5 pass as GB18030 too: the one as pairs with an ASCII letter, the other
    # also as characters of the private areas.
    sample: list[str] = BEYOND_ASCII.findall(text[:NEARBY]) or BEYOND_ASCII.findall(text)[:NEARBY]
    paired = sum(character.encode("gb18030")[1:2].isalpha() for character in sample)
    private = sum("\ue000" <= character <= "\uf8ff" for character in sample)
    return paired * 2 <= len(sample) and private * 50 <= len(sample)


def _broken(path: Path, data: bytes, error: UnicodeDecodeError, encoding: str) -> FileRejected:
    return FileRejected(
        f"{path} is {encoding}, but damaged at byte {error.start:,} (line"
        f" {_line(data, error.start):,}); is it complete?"
    )


def _unknown(path: Path, data: bytes, start: int) -> FileRejected:
    return FileRejected(
        f"{path} is neither UTF-8 nor GB18030: byte {start:,} (line {_line(data, start):,})"
        " fits neither; save it as UTF-8"
    )


def _line(data: bytes, start: int) -> int:
    return data.count(b"\n", 0, start) + 1
