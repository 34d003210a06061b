"""Find an earlier answer that an answer repeats."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pipeline.generating.gate.runs import shared

TOO_MUCH = 0.6  # of an answer's characters
ANCHORS = 8  # the longest clauses of an answer, by which it is found again
LONG: Mapping[str, int] = {"zh": 10, "en": 30}  # characters that a clause must have for that
# A text that goes to SQLite keeps itself in UTF-8 as well, which more than doubles it.
KEPT_AS: Mapping[str, str] = {"zh": "utf-16-le", "en": "utf-8"}
MOST = 4  # answers that are kept for one clause: what more of them say is everybody's
HITS = 3  # of its longest clauses, for an answer to be looked at: one or two are stock phrases
LIKELIEST = 3  # answers that are compared in full


class Near(NamedTuple):
    """The question whose answer says the same, and how much of the text stands in that."""

    question_id: int
    share: float


class Seen:
    """The answers so far. Each is kept as its text and found by its longest clauses.

    Text and places of 22,327 answers of 520 characters take some 38 MB.
    """

    def __init__(self, language: str) -> None:
        self._language, self._long = language, LONG[language]
        self._kept_as = KEPT_AS[language]
        self._texts: list[bytes] = []
        self._question_ids: list[int] = []
        self._places: dict[int, tuple[int, ...]] = {}

    def remember(self, question_id: int, text: str, clauses: Sequence[str]) -> None:
        place = (len(self._texts),)
        self._texts.append(text.encode(self._kept_as, "surrogatepass"))
        self._question_ids.append(question_id)
        long = [clause for clause in clauses if len(clause) >= self._long]
        for key in map(hash, sorted(long, key=len)[-ANCHORS:]):
            before = self._places.get(key)
            if before is None:
                self._places[key] = place
            elif len(before) < MOST and before[-1:] != place:
                self._places[key] = before + place

    def near(self, question_id: int, text: str, clauses: Sequence[str]) -> Near | None:
        """Return the answer to another question of which a text repeats too much, if any."""
        least = self._long
        keys = [hash(clause) for clause in clauses if len(clause) >= least]
        known = filter(None, map(self._places.get, keys))
        places = [place for several in known for place in several]
        enough = min(HITS, len(keys))
        if not places or len(places) - len(set(places)) < enough - 1:
            return None  # no answer has so many
        hits = Counter(places)
        likely = [
            place
            for place, count in hits.items()
            if count >= enough and self._question_ids[place] != question_id
        ]
        likeliest = sorted(likely, key=hits.__getitem__, reverse=True)[:LIKELIEST]
        found = [Near(self._question_ids[place], self._shared(text, place)) for place in likeliest]
        best = max(found, key=lambda each: each.share, default=None)
        return best if best and best.share >= TOO_MUCH else None

    def _shared(self, text: str, place: int) -> float:
        other = self._texts[place].decode(self._kept_as, "surrogatepass")
        return shared(text, other, language=self._language)
