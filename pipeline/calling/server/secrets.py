"""Keep a key out of every text that is shown or stored, also where a server echoes it."""

import re
from dataclasses import dataclass
from functools import cached_property

HIDDEN = "[key]"
SHORTEST_PIECE = 6
SHORTEST_KEY = 16  # shorter ones, as "EMPTY" for a server that wants none, are words as well
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

    def left_out_of(self, raw: bytes) -> bytes:
        """Return what a server sent without the whole key, where it has that anywhere.

        >>> Secret("sk-proj-0123456789").left_out_of(b'{"echo": "sk-proj-0123456789"}')
        b'{"echo": "[key]"}'
        """
        if self.key is None or len(self.key) < SHORTEST_KEY:
            return raw
        return raw.replace(self.key.encode(), HIDDEN.encode())

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
