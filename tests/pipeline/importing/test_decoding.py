"""The encoding of a file is told by its bytes, never guessed into noise."""

from pathlib import Path

import pytest

from db.errors import FileRejected
from pipeline.importing.decoding import text_of

CHINESE = "question\n睡不着，怎么办？😭\n"


def put(folder: Path, data: bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(data)
    return path


def refused(path: Path) -> str:
    with pytest.raises(FileRejected) as caught:
        text_of(path)
    return caught.value.message.removeprefix(f"{path} ")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom", "gb18030"]
)
def test_chinese_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    data = CHINESE.encode(encoding.removesuffix("-bom"))
    if encoding.endswith("-bom"):
        data = "\ufeff".encode(encoding.removesuffix("-bom")) + data
    assert text_of(put(tmp_path, data)) == CHINESE


@pytest.mark.parametrize("text", ["失眠怎麼辦，請問", "名字叫喆，陶喆的喆", "«ok» — да", "é"])
def test_rarer_characters_keep_their_encoding(tmp_path: Path, text: str) -> None:
    assert text_of(put(tmp_path, text.encode())) == text
    if not text.startswith(("«", "é")):
        assert text_of(put(tmp_path, text.encode("gb18030"))) == text


def test_damaged_utf_8_is_not_taken_for_gb18030(tmp_path: Path) -> None:
    data = CHINESE.encode()
    cut = data[: data.index("办".encode()) + 1]
    cut.decode("gb18030", "ignore")
    assert refused(put(tmp_path, cut)) == (
        "is UTF-8, but damaged at byte 27 (line 2); is it complete?"
    )
    changed = data.replace("睡".encode(), b"\xe7\x9d")
    assert refused(put(tmp_path, changed)).startswith("is UTF-8, but damaged at byte 9 (line 2)")


def test_damaged_utf_8_and_utf_16_with_a_mark_are_told(tmp_path: Path) -> None:
    assert "UTF-8, but damaged" in refused(put(tmp_path, CHINESE.encode("utf-8-sig") + b"\xff"))
    assert "UTF-16, but damaged" in refused(put(tmp_path, CHINESE.encode("utf-16")[:-1]))


@pytest.mark.parametrize(
    "data",
    [
        "question\nit’s fine, don’t worry\n".encode("cp1252"),
        "question\n失眠怎麼辦，請問\n".encode("big5"),
        b"question\n\xff\xff\x80\x00\n",
        "question\ncafé\n".encode("latin-1"),
    ],
    ids=["windows-1252", "big5", "binary", "latin-1"],
)
def test_other_encodings_are_refused_with_the_place(tmp_path: Path, data: bytes) -> None:
    message = refused(put(tmp_path, data))
    assert message.startswith("is neither UTF-8 nor GB18030: byte ")
    assert "(line 2)" in message
    assert message.endswith("save it as UTF-8")


def test_a_workbook_under_another_ending_is_told(tmp_path: Path) -> None:
    message = refused(put(tmp_path, b"PK\x03\x04\x14\x00"))
    assert message == "is a workbook or an archive, not a text; name it .xlsx if so"
