"""Tell where an answer, or a part of it, breaks off."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.generating.gate.problems import SHOWN, Finding, finding

ENDED = "。！？…!?.”"  # what ends with one of these is whole
OPEN = "，、；：,;:（(“‘「『《【[—-"  # nothing ends with one of these
# Nor does it end with one of these words.
HANGING = re.compile(
    "(?:或者|以及|并且|而且|但是|可是|不过|因为|所以|如果|虽然|即使|尽管|比如|例如|为了|关于|还有)\\Z"
    r"|\b(?:and|or|but|the|an?|to|of|with|for|because|if|that|your|my|his|her|is|are|as|from|by)\Z",
    re.IGNORECASE,
)
SENTENCE_ENDS = re.compile(r"[。！？!?…～~]|\.(?=\s)|\n")
# A greeting may close without a mark, so long on a line of its own, so short after a sentence.
OWN_LINE: Mapping[str, int] = {"zh": 12, "en": 30}
AFTER_A_SENTENCE: Mapping[str, int] = {"zh": 4, "en": 12}


def broken_off(
    text: str, parts: Sequence[Mapping[str, Any]] | None, language: str
) -> Finding | None:
    """Return a finding where the text, or one of its parts, ends in the middle."""
    ends = [part["end"] for part in parts or () if text[part["end"] - 1] not in ENDED]
    broken = next((end for end in ends if _hangs(text[max(0, end - SHOWN) : end])), None)
    if broken is None and _stops(text, language):
        broken = len(text)
    if broken is None:
        return None
    return finding("cut_off", example="…" + " ".join(text[max(0, broken - 20) : broken].split()))


def _hangs(tail: str) -> bool:
    tail = tail.rstrip()
    return tail[-1:] in OPEN if tail and not tail[-1].isalnum() else bool(HANGING.search(tail))


def _stops(text: str, language: str) -> bool:
    """Tell whether the last sentence has no end, and is no greeting."""
    tail = text.rstrip()
    if tail[-1:] in ENDED:
        return False
    if _hangs(tail[-SHOWN:]):
        return True
    if not tail[-1:].isalpha():  # a helpline's number closes a text, too
        return False
    ends = [match.end() for match in SENTENCE_ENDS.finditer(tail[-200:])]
    last = tail[-200:][ends[-1] :] if ends else tail
    on_its_own = bool(ends) and tail[-200:][ends[-1] - 1] == "\n"
    return len(last.strip()) > (OWN_LINE if on_its_own else AFTER_A_SENTENCE)[language]
