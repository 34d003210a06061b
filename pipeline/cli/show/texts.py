"""What `cbt show` tells of a question and its answers on a terminal."""

from collections.abc import Iterator, Sequence

from db.shown_questions import ShownScore
from pipeline.cli.show import words
from pipeline.cli.show.lines import Line, below, beside, columns_that_fit
from pipeline.cli.show.wrapping import wrapped
from pipeline.cli.wording import RESEARCH_ONLY, many
from pipeline.parts import Parted
from pipeline.report.document.palette import PARTS
from pipeline.showing.shown import Answer, Asked, Finding, Ratings, Shown, Titles

READABLE = 100  # places of a line; longer ones are hard to follow
INDENT = "  "


def lines(found: Shown, *, places: int, coloured: bool) -> Iterator[str]:
    """Yield the question, the answers beside each other where they fit, and how to read them."""
    readable = min(places, READABLE)
    yield from below([list(_question(found.question, readable))], coloured=coloured)
    if not found.question.withheld:
        yield ""
        yield from _answers(found, places, coloured=coloured)
    yield ""
    for note in notes(found):
        yield from wrapped(note, readable)


def _answers(found: Shown, places: int, *, coloured: bool) -> Iterator[str]:
    each = columns_that_fit(len(found.answers), places)
    inside = each or min(places, READABLE)
    blocks = [list(_answer(answer, inside)) for answer in found.answers]
    if each:
        yield from beside(blocks, each, coloured=coloured)
    else:
        yield from below(blocks, coloured=coloured)


def _question(asked: Asked, places: int) -> Iterator[Line]:
    mark = "  (may be about acute danger)" if asked.danger else ""
    yield Line(f"question {asked.external_id} of {asked.source}{mark}", strong=True)
    if asked.withheld:
        yield from _text(words.CARE, places)
        return
    yield from _text(asked.text or "(its text is not in the store)", places)
    if asked.description:
        yield from _text(asked.description, places)
    yield from _findings(asked.findings, places)


def _answer(answer: Answer, places: int) -> Iterator[Line]:
    yield Line(next(wrapped(answer.system, places), ""), strong=True)
    yield from _indented(words.state(answer), places)
    if answer.said:
        yield from _said(answer.said, places)
        missing = words.missing(answer)
        yield from _text(f"{missing}\n\n" if missing else "", places)
    yield from _scores(answer.scores, places)
    yield from _ratings(answer.ratings, places)
    yield from _findings(answer.findings, places)


def _said(said: Parted, places: int) -> Iterator[Line]:
    yield Line("")
    for stretch in said.stretches:
        text = stretch.text.strip()
        look = PARTS.get(stretch.part)
        if stretch.part:
            name = look.name if look else stretch.part
            yield Line(next(wrapped(name, places - 2), ""), stretch.part, strong=True)
        for line in wrapped(text, places - (2 if stretch.part else 0)):
            yield Line(line, stretch.part)
        if text:
            yield Line("")


def _scores(scores: Sequence[ShownScore], places: int) -> Iterator[Line]:
    if scores:
        yield Line("Automatic scores", strong=True)
    for each in scores:
        yield from _indented(f"{each.metric} {words.score(each)}", places)


def _ratings(ratings: Sequence[Ratings], places: int) -> Iterator[Line]:
    if ratings:
        yield Line("Ratings", strong=True)
    for each in ratings:
        yield from _indented(f"{each.criterion} {words.mean(each)}", places)
        yield from _indented(words.given(each), places, depth=2)


def _findings(findings: Sequence[Finding], places: int) -> Iterator[Line]:
    if findings:
        yield Line("Distortions", strong=True)
    for each in findings:
        yield from _indented(f"{each.detector}: {words.PRESENCE[each.presence]}", places)
        for label in each.labels:
            yield from _indented(words.label(label), places, depth=2)


def _text(text: str, places: int) -> Iterator[Line]:
    return (Line(line) for line in wrapped(text, places))


def _indented(text: str, places: int, depth: int = 1) -> Iterator[Line]:
    indent = INDENT * depth
    return (Line(indent + line) for line in wrapped(text, places - len(indent)) if line)


def notes(found: Shown) -> Iterator[str]:
    """Yield what must be known of what is shown."""
    yield RESEARCH_ONLY
    if found.blinded and found.study:
        yield (
            f"systems are named by code until 'cbt study unblind {found.study.name}'; until then"
            " automatic scores and detections are left out, which would tell whose answer is whose"
        )
    if found.study and found.study.status == "open":
        yield "the study is still open: its ratings are preliminary"
    if found.others:
        yield f"also answered, and not shown: {', '.join(found.others)}"
    if found.silent:
        yield f"no answer by {', '.join(found.silent)}"
    if not (found.answers or found.question.withheld or found.silent):
        yield "nobody has answered it yet; 'cbt generate' and 'cbt import responses' add answers"
    kept = [each for each in found.answers if each.said]
    if kept and not found.blinded and not any(each.scores for each in kept):
        yield "no automatic scores yet; 'cbt score' computes them"
    yield from _signatures(found)
    if found.seed is not None:
        yield f"drawn by lot, seed {found.seed}"


def _signatures(found: Shown) -> Iterator[str]:
    scores = (score for answer in found.answers for score in answer.scores)
    told = dict.fromkeys((each.metric, each.signature) for each in scores)
    return (f"{metric}: {signature}" for metric, signature in told)


def title_lines(found: Titles, *, places: int) -> Iterator[str]:
    """Yield the questions that hold a text."""
    yield f"{many(found.count, 'question')} found"
    if not found.count:
        yield "a shorter text may be in more of them"
    for each in found.first:
        text = "(may be about acute danger)" if each.danger else each.text or "(no text)"
        name = f"{each.external_id} of {each.source}  {' '.join(text.split())}"
        yield INDENT + next(wrapped(name, places - len(INDENT)), "")
    if found.count > len(found.first):
        yield f"  … and {found.count - len(found.first):,} more; a longer text finds fewer"
