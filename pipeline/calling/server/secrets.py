"""Keep a key out of every text that is shown or stored, also where a server echoes it."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipeline.calling.said.said import UNSEEN

HIDDEN = "[key]"
SHORTEST_PIECE = 6
SHORTEST_KEY = 16  # shorter ones, as "EMPTY" for a server that wants none, are words as well
DEEPEST = 16  # levels of what a server sent; nothing is read of further ones
ENDS = 4  # how much of its ends a server shows of a key that it masks
MASK = re.compile(r"\*{2,}|\.{3,}|…|•{2,}|x{4,}")


@dataclass(frozen=True)
class Secret:
    """A key, or None where none is used."""

    key: str | None

    def hidden_in(self, text: str) -> str:
        """Return `text` with each word that shows the key, or a piece of it, hidden.

        >>> Secret("sk-proj-0123456789").hidden_in("wrong key: sk-pr*****6789, try another")
        'wrong key: [key], try another'
        """
        if not self.key:
            return text
        return self._word.sub(lambda word: HIDDEN if self._is_in(word[0]) else word[0], text)

    def stands_in(self, text: str) -> bool:
        """Return whether the whole key is in a text that is about to be stored."""
        return self.key is not None and len(self.key) >= SHORTEST_KEY and self.key in text

    def left_out_of(self, said: Any, depth: int = DEEPEST) -> Any:
        """Return the JSON that a server sent without the whole key, where it has that anywhere.

        As it was read, since a key can be escaped in it in many ways.

        >>> Secret("sk-proj-0123456789").left_out_of({"echo": ["sk-proj-0123456789"]})
        {'echo': ['[key]']}
        """
        if self.key is None or len(self.key) < SHORTEST_KEY:
            return said
        if isinstance(said, str):
            return self._whole.sub(HIDDEN, said)
        if isinstance(said, list | dict) and not depth:
            return None
        if isinstance(said, list):
            return [self.left_out_of(each, depth - 1) for each in said]
        if isinstance(said, dict):
            pairs = said.items()
            return {self._whole.sub(HIDDEN, k): self.left_out_of(v, depth - 1) for k, v in pairs}
        return said

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        # What nobody sees is taken out of an answer, which would put a key together again.
        return re.compile(f"{UNSEEN.pattern}*".join(map(re.escape, self.key or "")))

    @cached_property
    def _word(self) -> re.Pattern[str]:
        own = "".join(map(re.escape, sorted(set(self.key or ""))))
        return re.compile(rf"[A-Za-z0-9_~+/=*.…•\-{own}]+")

    def _is_in(self, word: str) -> bool:
        key, word = (self.key or "").casefold(), word.casefold()
        if len(key) < SHORTEST_PIECE:
            return word.strip(".") == key
        if MASK.search(word) and (key[:ENDS] in word or key[-ENDS:] in word):
            return True
        pieces = (key[i : i + SHORTEST_PIECE] for i in range(len(key) - SHORTEST_PIECE + 1))
        return any(piece in word for piece in pieces)
