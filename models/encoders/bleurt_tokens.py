"""The tokens that a BLEURT model knows: word pieces as BERT's, or sentence pieces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.encoders.checkpoints import Checkpoint, readable
from models.errors import ModelError
from models.extras import need

PIECES = ("spm.model", "sent_piece.model", "sentencepiece.model")
WORDS = ("tokenizer.json", "vocab.txt")
BEGIN, END = "[CLS]", "[SEP]"


@dataclass(frozen=True)
class Tokens:
    """How a text becomes tokens, and the marks before, between and after two texts."""

    ids: Callable[[str], Sequence[int]]
    begin: int
    end: int


def tokens_of(checkpoint: Checkpoint) -> Tokens:
    """Return the tokens of a model. Raises ModelError where its folder has no vocabulary."""
    for file in PIECES:
        if (checkpoint.folder / file).is_file():
            return _sentence_pieces(checkpoint, file)
    if any((checkpoint.folder / file).is_file() for file in WORDS):
        return _word_pieces(checkpoint)
    raise ModelError(
        f"there is no vocabulary in {checkpoint.folder}: it needs one of"
        f" {', '.join((*PIECES, *WORDS))}"
    )


def _sentence_pieces(checkpoint: Checkpoint, file: str) -> Tokens:
    need("sentencepiece", extra="metrics", what="BLEURT")
    from sentencepiece import SentencePieceProcessor

    with readable(checkpoint):
        pieces = SentencePieceProcessor(model_file=str(checkpoint.folder / file))
    begin, end = (pieces.piece_to_id(mark) for mark in (BEGIN, END))
    if pieces.unk_id() in {begin, end}:
        raise ModelError(f"{checkpoint.folder / file} does not know {BEGIN} and {END}")
    return Tokens(pieces.encode, begin, end)


def _word_pieces(checkpoint: Checkpoint) -> Tokens:
    from transformers import BertTokenizer

    with readable(checkpoint):
        words = BertTokenizer.from_pretrained(checkpoint.folder, local_files_only=True)
    begin, end = words.cls_token_id, words.sep_token_id
    if begin is None or end is None:
        raise ModelError(f"the vocabulary in {checkpoint.folder} lacks {BEGIN} or {END}")
    return Tokens(lambda text: words(text, add_special_tokens=False)["input_ids"], begin, end)
