"""The words in which `cbt show` tells what is known of an answer, on a terminal and on a page."""

from collections.abc import Iterator

from db.shown_questions import ShownScore
from pipeline.codebook.distortions import shipped
from pipeline.report.document.palette import PARTS
from pipeline.showing.shown import Answer, Label, Ratings

STATUS = {"kept": "kept", "set_aside": "set aside", "refused": "refused"}
CARE = (
    "This question may be by or about somebody in acute danger, so it waits until you want to read"
    " it: run the command again with --danger. If it weighs on you: 12356 in mainland China, or a"
    " helpline where you live."
)
PRESENCE = {"yes": "yes", "no": "none present", "cannot_tell": "cannot tell"}


def state(answer: Answer) -> str:
    """Return whether an answer is kept, and where its parts are from."""
    if answer.status != "kept":
        why = f": {answer.reason}" if answer.reason else ""
        shown = "" if answer.said else "; --set-aside shows it"
        return f"{STATUS[answer.status]}{why}{shown}"
    several = f", the first of {answer.samples} answers" if answer.samples > 1 else ""
    if answer.said is None:
        return "its text is not in the store"
    if not answer.said.parts:
        return f"no parts found{several}"
    told = "as they came with it" if answer.said.given else "as the parser finds them"
    return f"parts {told}{several}"


def missing(answer: Answer) -> str:
    """Return which of the five parts were not found, "" where that says nothing."""
    if not (answer.said and answer.said.parts and answer.said.missing):
        return ""
    names = ", ".join(PARTS[part].name.lower() for part in answer.said.missing)
    return f"not found in it: {names}"


def score(of: ShownScore) -> str:
    against = f" against {of.reference}" if of.reference else ""
    return f"{of.value:.4g}{against}"


def mean(of: Ratings) -> str:
    figure = "no score" if of.mean is None else f"{of.mean:.2f}"
    return f"{figure} ({of.lowest} to {of.highest}, n = {len(of.values)})"


def given(of: Ratings) -> str:
    return ", ".join(
        f"{one.rater} {'cannot judge' if one.value is None else one.value}" for one in of.given
    )


def label(of: Label) -> str:
    """Return what a distortion is called, and the detector's own words for it."""
    codebook = shipped()
    name = codebook.label(of.id).name["en"] if of.id in codebook.ids else of.id
    return f"{name}: {of.reason}" if of.reason else name


def known(answer: Answer) -> Iterator[tuple[str, str]]:
    """Yield all that is known of an answer: a score, a criterion or a detector, with its words."""
    for each in answer.scores:
        yield each.metric, score(each)
    for criterion in answer.ratings:
        raters = given(criterion)
        yield criterion.criterion, f"{mean(criterion)}{': ' if raters else ''}{raters}"
    for finding in answer.findings:
        labels = "; ".join(map(label, finding.labels))
        told = PRESENCE[finding.presence]
        yield f"distortions, {finding.detector}", f"{told}{': ' if labels else ''}{labels}"
