"""Converted tokenizers give the tokens of sentencepiece and of tiktoken, whatever the text."""

import json
import unicodedata
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from models.conversion.tokenizers import QWEN_MARKS, QWEN_WORDS, write_tokenizer
from models.errors import ModelError
from models.loading import load_tokenizer
from models.templates import TEMPLATES
from tests.models.conversion.checkpoints import (
    BAICHUAN,
    QWEN,
    baichuan_folder,
    qwen_folder,
    ranks,
    sentencepiece_model,
)

PIECES = [
    *"我最近总是睡不着考试失败写下来证据？，。！“…… \n\r\t0123456789abcdefgXYZ<>/|_▁'",
    *("  ", "\n\n", "\u3000", "é", "e\u0301", "ﬁ", "😀", "👩‍👩‍👧", "\u200b", "'ll", " the"),
    *("</s>", "<s>", "<0x0A>", "<reserved_102>", "我最近总是", "是 3 件小事"),
]
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.text(max_size=20))
# A text that is a control piece's very name: the one place where the two may differ.
NAMES = {"</s>", "<s>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256))}


def reloaded(source: Path, config: dict[str, Any], *, family: str, native: str) -> Any:
    """Return the converted tokenizer as everything else here loads it: beside its model."""
    out = source / "out"
    out.mkdir()
    write_tokenizer(source, out, family=family, max_length=128)
    (out / "config.json").write_text(json.dumps({**config, "model_type": native}))
    return load_tokenizer(out)


@cache
def of_sentencepiece(*, blank: bool, kind: str) -> tuple[SentencePieceProcessor, Any]:
    source = Path(mkdtemp())
    model = sentencepiece_model(blank=blank, kind=kind)
    (source / "tokenizer.model").write_bytes(model)
    (source / "tokenizer_config.json").write_text('{"add_bos_token": false}')
    tokenizer = reloaded(source, BAICHUAN, family="baichuan", native="llama")
    return SentencePieceProcessor(model_proto=model), tokenizer


@cache
def of_tiktoken() -> tuple[tiktoken.Encoding, Any]:
    source = Path(mkdtemp())
    qwen_folder(source)
    tokenizer = reloaded(source, QWEN, family="qwen", native="qwen2")
    marks = {mark: len(ranks()) + number for number, mark in enumerate(QWEN_MARKS)}
    encoding = tiktoken.Encoding(
        "qwen", pat_str=QWEN_WORDS, mergeable_ranks=ranks(), special_tokens=marks
    )
    return encoding, tokenizer


@pytest.mark.parametrize("blank", [True, False])
@pytest.mark.parametrize("kind", ["control", "user_defined"])
@settings(max_examples=80, deadline=None, database=None, derandomize=True)
@given(text=TEXTS)
def test_baichuan_s_tokens_are_sentencepiece_s(*, blank: bool, kind: str, text: str) -> None:
    processor, tokenizer = of_sentencepiece(blank=blank, kind=kind)
    wanted = processor.encode(text)
    found = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    assert found == wanted or (kind == "user_defined" and any(name in text for name in NAMES))
    assert tokenizer.decode(wanted) == processor.decode(wanted)


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(text=TEXTS)
def test_qwen_s_tokens_are_tiktoken_s(text: str) -> None:
    encoding, tokenizer = of_tiktoken()
    wanted = encoding.encode(unicodedata.normalize("NFC", text), disallowed_special=())
    found = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    assert found == wanted
    assert tokenizer.decode(wanted) == unicodedata.normalize("NFC", text)


def test_a_whole_word_that_no_merge_leads_to_is_still_one_token(tmp_path: Path) -> None:
    qwen_folder(tmp_path)
    with (tmp_path / "qwen.tiktoken").open("a") as file:
        file.write(f"cXF6eg== {len(ranks())}\n")  # qqzz, without qq, zz or qqz
    tokenizer = reloaded(tmp_path, QWEN, family="qwen", native="qwen2")
    encoding = tiktoken.Encoding(
        "qwen",
        pat_str=QWEN_WORDS,
        mergeable_ranks={**ranks(), b"qqzz": len(ranks())},
        special_tokens={},
    )
    assert encoding.encode("qqzz") == [len(ranks())]
    assert tokenizer.encode("qqzz") == encoding.encode("qqzz")


def test_the_marks_of_a_chat_are_single_tokens_after_the_ranks() -> None:
    _encoding, tokenizer = of_tiktoken()
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|extra_0|>"]
    first = len(ranks())
    assert tokenizer.convert_tokens_to_ids(marks) == list(range(first, first + 4))
    assert len(tokenizer) == first + 208
    assert TEMPLATES["chatml"].stop_ids(tokenizer) == (first + 2, first)


@pytest.mark.parametrize(("template", "numbers"), [("baichuan", (3, 4)), ("baichuan2", (5, 6))])
def test_the_reserved_pieces_are_marks_of_a_turn(template: str, numbers: tuple[int, int]) -> None:
    _processor, tokenizer = of_sentencepiece(blank=True, kind="control")
    ids = TEMPLATES[template].prompt_ids(tokenizer, instruction="", passage="我睡不着")
    assert (ids[0], ids[-1]) == numbers
    assert TEMPLATES[template].answer_ids(tokenizer, "好")[-1] == 2


@pytest.mark.parametrize(("add", "first"), [(True, [1]), (False, [])])
def test_a_text_begins_as_the_published_settings_say(
    tmp_path: Path, *, add: bool, first: list[int]
) -> None:
    baichuan_folder(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"add_bos_token": add}))
    tokenizer = reloaded(tmp_path, BAICHUAN, family="baichuan", native="llama")
    ids = tokenizer.encode("考试")
    assert ids == [*first, *tokenizer.encode("考试", add_special_tokens=False)]
    prompt = TEMPLATES["default"].prompt_ids(tokenizer, instruction="我", passage="考试")
    assert prompt[: len(first)] == first
    assert prompt.count(1) == len(first)


def test_a_token_that_was_added_later_keeps_its_number(tmp_path: Path) -> None:
    baichuan_folder(tmp_path)
    (tmp_path / "added_tokens.json").write_text('{"[PAD]": 430, "</s>": 2}')
    tokenizer = reloaded(tmp_path, BAICHUAN, family="baichuan", native="llama")
    assert tokenizer.convert_tokens_to_ids("[PAD]") == 430
    (tmp_path / "added_tokens.json").write_text('{"[PAD]": 512}')
    with pytest.raises(ModelError, match="leaves a gap"):
        write_tokenizer(tmp_path, tmp_path / "out", family="baichuan", max_length=128)


@pytest.mark.parametrize(
    ("family", "file", "content", "sentence"),
    [
        ("baichuan", "tokenizer.model", None, "holds no tokenizer.model"),
        ("baichuan", "tokenizer.model", b"version https://git-lfs", "not a sentencepiece model"),
        ("qwen", "qwen.tiktoken", None, "holds no qwen.tiktoken"),
        ("qwen", "qwen.tiktoken", b"IQ== zero\n", "not a file of tiktoken's ranks"),
        ("qwen", "qwen.tiktoken", b"IQ== 5\n", "have gaps"),
    ],
)
def test_a_tokenizer_s_file_that_is_missing_or_broken_is_told(
    tmp_path: Path, family: str, file: str, content: bytes | None, sentence: str
) -> None:
    if content is not None:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(ModelError, match=sentence):
        write_tokenizer(tmp_path, tmp_path / "out", family=family, max_length=128)
