"""Check that an answer has the parts and the length that its prompt asks for."""

from collections.abc import Sequence

from pipeline.generating.gate.problems import Finding, finding
from pipeline.generating.reading import Draft
from pipeline.prompts.prompt import Part, Prompt

LIST = {"zh": "、", "en": ", "}
ENOUGH = 3  # parts that the parser finds: it sees hardly more in an answer that has all five
THIN = {"zh": 8, "en": 24}  # characters below which a part says nothing


def parts(draft: Draft, prompt: Prompt) -> list[Finding]:
    """Return a finding for parts that are missing, and one where they come in another order.

    Where only the parser tells the parts, it must find three of them.
    """
    thin, language = THIN[prompt.language], prompt.language
    told = [span["part"] for span in draft.parts or () if span["end"] - span["start"] >= thin]
    wanted = [part.id for part in prompt.parts]
    if told == wanted:
        return []
    found = []
    missing = [part for part in prompt.parts if part.id not in told]
    if missing and not (draft.marked_by == "parser" and len(told) >= ENOUGH):
        found.append(finding("missing_part", parts=_names(missing, language)))
    if told != [id_ for id_ in wanted if id_ in told]:
        names = {part.id: part.name for part in prompt.parts}
        in_order = LIST[language].join(names.get(id_, id_) for id_ in told)
        found.append(finding("part_order", found=in_order, parts=_names(prompt.parts, language)))
    return found


def _names(some: Sequence[Part], language: str) -> str:
    return LIST[language].join(part.name for part in some)


def length(text: str, window: tuple[int, int] | None) -> Finding | None:
    least, most = window or (0, len(text))
    if least <= len(text) <= most:
        return None
    code = "too_short" if len(text) < least else "too_long"
    return finding(code, length=len(text), least=least, most=most)
