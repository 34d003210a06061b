"""What a model found in a text: whether there is a distortion, which, by which words, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from db.columns import Presence

MARKS = " \t\r\n\u3000“”「」『』\"'‘’"


@dataclass(frozen=True, slots=True)
class Named:
    """A distortion by its id, or by a name that the codebook lacks, as it came."""

    id: str
    reason: str = ""
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a reply says, before it is held against the text; None stands for what it leaves out."""

    presence: Presence | None = None
    named: tuple[Named, ...] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`dropped` counts quotes that do not stand in the text."""

    presence: Presence
    named: tuple[Named, ...] = ()
    dropped: int = 0

    @property
    def labels(self) -> list[str]:
        return [each.id for each in self.named]

    @property
    def reasons(self) -> dict[str, Any]:
        """Return what the store keeps of each label: why, and the words that show it."""
        return {
            each.id: {"reason": each.reason, "quotes": list(each.quotes)} for each in self.named
        }


def found(presence: Presence, named: Iterable[Named], *, text: str) -> Found:
    r"""Return a finding with each distortion once, and only quotes that stand in the text.

    >>> said = [Named("a", "x", ("“总 是”", "从不")), Named("a", "y")]
    >>> found("yes", said, text="我总是错").named
    (Named(id='a', reason='x\ny', quotes=('总是',)),)
    """
    kept, dropped = [], 0
    for each in _once(named):
        standing = tuple(_standing(each.quotes, text))
        dropped += len(each.quotes) - len(standing)
        kept.append(replace(each, quotes=standing))
    return Found(presence, tuple(kept), dropped)


def _once(named: Iterable[Named]) -> Iterable[Named]:
    known: dict[str, Named] = {}
    for each in named:
        before = known.get(each.id, Named(each.id))
        reasons = dict.fromkeys(filter(None, (before.reason, each.reason)))
        quotes = dict.fromkeys((*before.quotes, *each.quotes))
        known[each.id] = Named(each.id, "\n".join(reasons), tuple(quotes))
    return known.values()


def _standing(quotes: Iterable[str], text: str) -> Iterator[str]:
    """Yield the quotes as the text has them; line breaks and spaces do not tell them apart."""
    places = [place for place, letter in enumerate(text) if not letter.isspace()]
    letters = "".join(map(text.__getitem__, places))
    for quote in quotes:
        wanted = "".join(quote.strip(MARKS).split())
        begins = letters.find(wanted)
        if wanted and begins >= 0:
            yield text[places[begins] : places[begins + len(wanted) - 1] + 1]
