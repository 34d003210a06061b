"""Check that an answer has the parts and the length that its prompt asks for."""

from collections.abc import Iterator, Sequence

from pipeline.generating.gate.problems import Finding, finding
from pipeline.generating.reading import Draft
from pipeline.prompts.prompt import Part, Prompt

LIST = {"zh": "、", "en": ", "}
ENOUGH = 3  # parts that the parser finds: it sees hardly more in an answer that has all five
THIN = {"zh": 8, "en": 24}  # characters below which a part says nothing


def parts(draft: Draft, prompt: Prompt) -> Iterator[Finding]:
    """Yield a finding for parts that are missing, and one where they come in another order.

    Where only the parser tells the parts, it must find three of them.
    """
    spans = draft.parts or []
    found = [span["part"] for span in spans if _says_something(span, prompt.language)]
    missing = [part for part in prompt.parts if part.id not in found]
    if missing and not (draft.marked_by == "parser" and len(found) >= ENOUGH):
        yield finding("missing_part", parts=_names(missing, prompt.language))
    order = [part.id for part in prompt.parts if part.id in found]
    if found != order:
        by_id = {part.id: part for part in prompt.parts}
        yield finding(
            "part_order",
            found=_names([by_id[id_] for id_ in found if id_ in by_id], prompt.language),
            parts=_names(prompt.parts, prompt.language),
        )


def _says_something(span: dict[str, int], language: str) -> bool:
    return span["end"] - span["start"] >= THIN[language]


def _names(some: Sequence[Part], language: str) -> str:
    return LIST[language].join(part.name for part in some)


def length(text: str, window: tuple[int, int] | None) -> Iterator[Finding]:
    if window is None:
        return
    least, most = window
    if not least <= len(text) <= most:
        code = "too_short" if len(text) < least else "too_long"
        yield finding(code, length=len(text), least=least, most=most)
