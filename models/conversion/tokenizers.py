"""Write the tokenizers of Baichuan and Qwen in the form that loads without their code."""

import base64
import binascii
from itertools import pairwise
from pathlib import Path
from typing import Any

from models.conversion.families import NATIVE, QWEN
from models.errors import ModelError
from models.extras import need
from models.saving import save_tokenizer
from models.weights import json_file

SPM, TIKTOKEN = "tokenizer.model", "qwen.tiktoken"
# tokenization_qwen.py of Qwen/Qwen-7B: PAT_STR, SPECIAL_TOKENS, and NFC before anything else.
QWEN_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN_END = "<|endoftext|>"
QWEN_MARKS = (QWEN_END, "<|im_start|>", "<|im_end|>", *(f"<|extra_{i}|>" for i in range(205)))


def write_tokenizer(source: Path, out: Path, *, family: str, max_length: int) -> Any:
    """Write the tokenizer of a checkpoint to another folder, and return it.

    Raises ModelError where its file is missing or unreadable.
    """
    if family == NATIVE:
        raise ValueError("a native checkpoint's tokenizer is copied, not written")
    if family == QWEN:
        tokenizer = _of_tiktoken(source / TIKTOKEN, max_length=max_length)
    else:
        tokenizer = _of_sentencepiece(source, max_length=max_length)
    save_tokenizer(tokenizer, out)
    return tokenizer


def _of_sentencepiece(source: Path, *, max_length: int) -> Any:
    """Return the tokenizer that encodes as sentencepiece does by this model file.

    Where a model has pieces that its user defined, a text between two of them that is a control
    piece's very name, such as </s>, is read as that piece; sentencepiece spells it out.
    """
    need("sentencepiece", extra="train", what="converting a tokenizer")
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import SpmConverter

    proto = _proto(_there(source / SPM))
    vocabulary = {piece.piece: number for number, piece in enumerate(proto.pieces)}
    backend = SpmConverter.build_tokenizer_from_spm_proto(  # type: ignore[no-untyped-call]
        proto, vocabulary
    )
    settings = _settings(source)
    marks = {
        role: _content(settings.get(role)) or default
        for role, default in (("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"))
    }
    bos = marks["bos_token"]
    if settings.get("add_bos_token", True):
        backend.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, vocabulary[bos])]
        )
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend,
        clean_up_tokenization_spaces=False,
        model_max_length=max_length,
        **marks,
    )
    pad = _content(settings.get("pad_token"))
    if pad in vocabulary:
        tokenizer.pad_token = pad
    _add(tokenizer, source)
    return tokenizer


def _of_tiktoken(path: Path, *, max_length: int) -> Any:
    """Return the tokenizer that encodes as tiktoken does by these ranks."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
    from transformers import PreTrainedTokenizerFast

    ranks = _ranks(_there(path))
    spelled = _spelling()
    backend = Tokenizer(
        models.BPE(
            vocab={_spell(token, spelled): rank for token, rank in ranks.items()},
            merges=[
                (_spell(left, spelled), _spell(right, spelled)) for left, right in _merges(ranks)
            ],
            ignore_merges=True,  # tiktoken looks a whole word up first
        )
    )
    backend.normalizer = normalizers.NFC()
    backend.pre_tokenizer = Sequence(
        [
            Split(Regex(QWEN_WORDS), behavior="isolated"),
            ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    backend.add_special_tokens(
        [AddedToken(mark, special=True, normalized=False) for mark in QWEN_MARKS]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend,
        eos_token=QWEN_END,
        pad_token=QWEN_END,
        additional_special_tokens=list(QWEN_MARKS[1:]),
        clean_up_tokenization_spaces=False,
        model_max_length=max_length,
    )


def _proto(path: Path) -> Any:
    """Return a sentencepiece model, read by its own library first, which tells a broken file."""
    from sentencepiece import SentencePieceProcessor
    from transformers.convert_slow_tokenizer import import_protobuf

    try:
        SentencePieceProcessor(model_file=str(path))
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{path} is not a sentencepiece model; get it again") from error
    proto = import_protobuf().ModelProto()  # type: ignore[no-untyped-call]
    proto.ParseFromString(path.read_bytes())
    if proto.trainer_spec.model_type != proto.trainer_spec.BPE:
        raise ModelError(f"{path} does not merge pairs (BPE), as Baichuan's does")
    return proto


def _ranks(path: Path) -> dict[bytes, int]:
    """Return each token's rank: a line is a token in base 64, a blank, and its rank."""
    ranks: dict[bytes, int] = {}
    try:
        for line in path.read_bytes().splitlines():
            if line:
                token, rank = line.split()
                ranks[base64.b64decode(token, validate=True)] = int(rank)
    except (ValueError, binascii.Error) as error:
        raise ModelError(f"{path} is not a file of tiktoken's ranks; get it again") from error
    if sorted(ranks.values()) != list(range(len(ranks))) or len(ranks) < 256:
        raise ModelError(f"the ranks in {path} have gaps; get it again")
    return ranks


def _merges(ranks: dict[bytes, int]) -> list[tuple[bytes, bytes]]:
    """Return the pair that each token is made of last, in the order of the tokens' ranks."""
    made = []
    for token, rank in sorted(ranks.items(), key=lambda entry: entry[1]):
        parts = [token[i : i + 1] for i in range(len(token))]
        while len(parts) > 2:
            pairs = [
                (ranks.get(left + right, rank), at)
                for at, (left, right) in enumerate(pairwise(parts))
            ]
            best, at = min(pairs)
            if best >= rank:
                break  # no merge leads to it: it is found as a whole word only
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        if len(parts) == 2:
            made.append((parts[0], parts[1]))
    return made


def _spelling() -> dict[int, str]:
    """Return the letter by which byte-level tokenizers spell each byte."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    found: dict[int, str] = bytes_to_unicode()  # type: ignore[no-untyped-call]
    return found


def _spell(token: bytes, spelled: dict[int, str]) -> str:
    return "".join(spelled[byte] for byte in token)


def _settings(source: Path) -> dict[str, Any]:
    path = source / "tokenizer_config.json"
    return json_file(path) if path.is_file() else {}


def _content(mark: Any) -> str | None:
    """Return a mark's text, which a file gives as such or with its properties."""
    found = mark.get("content") if isinstance(mark, dict) else mark
    return found if isinstance(found, str) else None


def _add(tokenizer: Any, source: Path) -> None:
    """Add the tokens that were added to the tokenizer after it was trained, with their numbers."""
    path = source / "added_tokens.json"
    if not path.is_file():
        return
    known = tokenizer.get_vocab()
    for token, number in sorted(json_file(path).items(), key=lambda entry: entry[1]):
        if token not in known:
            tokenizer.add_tokens([token], special_tokens=True)
            if tokenizer.convert_tokens_to_ids(token) != number:
                raise ModelError(f"{path} gives {token} a number that leaves a gap; mend it")


def _there(path: Path) -> Path:
    if not path.is_file():
        raise ModelError(
            f"{path.parent} holds no {path.name}; copy it there from where the model came from"
        )
    return path
