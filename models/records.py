"""One thing that a model is to learn: an instruction, its input, and the answer."""

import hashlib
from dataclasses import dataclass

SHORT = 16


@dataclass(frozen=True, slots=True)
class Record:
    """An instruction, the passage that it is about, and the answer to learn; none is empty."""

    instruction: str
    input: str
    output: str

    @property
    def asked(self) -> str:
        return asked_hash(self.input)


def asked_hash(passage: str) -> str:
    r"""Return what tells a passage from others, however its blanks are: 16 hexadecimal digits.

    By it a model's questions are known again without their texts.

    >>> asked_hash("I am sad.") == asked_hash(" I am\nsad. ")
    True
    """
    text = "".join(passage.split())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:SHORT]
