"""`cbt describe`: the lengths and distortions of systems' answers, as in Tables 1 and 2."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from db.selections import Selection
from pipeline.analysis import LEVEL
from pipeline.cli import latex, pictures
from pipeline.cli.columns import aligned
from pipeline.cli.command import Command, common_options, opened, show
from pipeline.cli.estimates import NONE, as_object, interval_heading, percent, percents, places
from pipeline.cli.selection import selection_options
from pipeline.cli.wording import RESEARCH_ONLY, counted, many
from pipeline.codebook.crosswalk import crosswalks
from pipeline.codebook.distortions import shipped
from pipeline.describe import TABLE_2, Described, DescribeOf, Distortions, run
from pipeline.describe import SystemDescribed as System
from pipeline.figures import Panel, Point, Series, check_ending, draw_bars

HEADING = ["system", "responses", "questions", "question", "description", "response"]
SHARES = ["distorted", "answers", "share", interval_heading(LEVEL), "labels each", "detector"]
NOT_RUN = "no detector was run on these answers"


@click.command(cls=Command)
@click.option(
    "--system", "systems", multiple=True, metavar="NAME", help="A system; repeat it for more."
)
@selection_options
@click.option(
    "--detector",
    metavar="NAME",
    help="Whose detections to count [default: what a model named with the answers that it"
    " generated, else the lexicon's where it was run, else the imported ones].",
)
@click.option("--latex", "as_latex", is_flag=True, help="Print Tables 1 and 2 for LaTeX.")
@click.option(
    "--picture",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also draw the counts, as .svg, .png or .pdf.",
)
@common_options
def describe(
    *,
    systems: tuple[str, ...],
    selection: Selection,
    detector: str | None,
    as_latex: bool,
    picture: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Describe the answers of each system: how long they are, which distortions they name.

    Reads the answers that are kept and what a detector found in them, and changes nothing. Lengths
    are Unicode characters (code points) of the texts as they are stored, blanks and line breaks
    too. Distortions are counted by the codebook and in the classes of the paper's Table 2, each
    answer once; names that neither of them has are listed. An answer on which the detector was not
    run counts for no share. Each system's detector is named beside its share: systems can only be
    compared by one that looked at all of them, as --detector lexicon. Answers that were set aside
    or refused count nowhere, and are told with the reasons. --json tells too how answers were
    generated, and what became of all that were asked for.
    """
    if picture:
        check_ending(picture)
    found = run(opened(database), DescribeOf(systems, selection, detector))
    if picture:
        pictures.write(picture, lambda path: _draw(path, found))
    tables = list(_latex(found)) if as_latex else []
    result = described_object(found) | ({"latex": "\n".join(tables)} if as_latex else {})
    show(result, tables or _lines(found), as_json=as_json)


def described_object(found: Described) -> dict[str, Any]:
    return {
        "questions": found.questions,
        "systems": [_system_object(each) for each in found.systems],
    }


def _system_object(each: System) -> dict[str, Any]:
    about = {
        "system": each.system,
        "responses": each.responses,
        "questions": each.questions,
        "described": each.described,
        "mean_characters": vars(each.characters),
        **vars(each.left_out),
        "generation": None if each.generation is None else asdict(each.generation),
    }
    found = each.distortions
    if found is None:
        not_run = {"value": None, "code": "not_run", "reason": NOT_RUN}
        return {**about, "detector": None, "distorted": not_run, "distortions": {}}
    return {
        **about,
        "detector": found.detector,
        "detected": found.decided,
        "cannot_tell": found.cannot_tell,
        "not_run": found.not_run,
        "with_distortion": found.yes,
        "distorted": as_object(found.distorted),
        "distortions": found.counts,
        "classes": found.classes,
        "labels": found.labels,
        "labels_each": found.labels_each,
        "together": _matrix(found),
        "unknown_names": found.unknown,
        "only_in_table2": found.beside,
    }


def _matrix(found: Distortions) -> dict[str, Any]:
    """Return how many answers have both of two distortions; each with itself: all with it."""
    ids = list(found.counts)
    rows = [
        [
            found.counts[a] if a == b else found.together.get((a, b), found.together.get((b, a), 0))
            for b in ids
        ]
        for a in ids
    ]
    return {"labels": ids, "counts": rows}


def _lines(found: Described) -> Iterator[str]:
    yield f"questions: {found.questions:,}"
    yield ""
    heading = ["Table 1, characters", *HEADING[1:]]
    yield from aligned([heading, *(_lengths(each) for each in found.systems)])
    yield ""
    yield from aligned([SHARES, *(_share(each) for each in found.systems)])
    ran = {each.system: each.distortions for each in found.systems if each.distortions}
    if ran:
        yield from _counts(ran)
    for system, of in ran.items():
        if of.together:
            yield ""
            yield from _together(system, of)
    yield ""
    yield from _notes(found)


def _lengths(each: System) -> list[str]:
    lengths = [places(length, 1) for length in vars(each.characters).values()]
    return [each.system, f"{each.responses:,}", f"{each.questions:,}", *lengths]


def _share(each: System) -> list[str]:
    found = each.distortions
    if found is None:
        return [each.system, *[NONE] * 4, "not run"]
    return [
        each.system,
        f"{found.yes:,} of {found.decided:,}",
        percent(found.distorted.value),
        percents(found.distorted),
        places(found.labels_each, 2),
        found.detector,
    ]


def _counts(ran: Mapping[str, Distortions]) -> Iterator[str]:
    """Yield the counts by the codebook and in Table 2's classes, a column for each system."""
    named = [id_ for id_ in shipped().ids if any(of.counts[id_] for of in ran.values())]
    if named:
        yield ""
        rows = [[id_, *(_part(of.counts[id_], of) for of in ran.values())] for id_ in named]
        yield from aligned([["distortion", *ran], *rows])
    yield ""
    classes = next(iter(ran.values())).classes
    rows = [[_class(id_), *(_part(of.classes[id_], of) for of in ran.values())] for id_ in classes]
    yield from aligned([["Table 2", *ran], *rows])


def _part(n: int, found: Distortions) -> str:
    return f"{n:,} ({percent(n / found.yes)})" if n else "0"


def _together(system: str, found: Distortions) -> Iterator[str]:
    matrix = _matrix(found)
    named = [(place, id_) for place, id_ in enumerate(matrix["labels"]) if found.counts[id_]]
    rows = [
        [f"{number} {id_}", *(f"{matrix['counts'][row][column]:,}" for column, _ in named)]
        for number, (row, id_) in enumerate(named, 1)
    ]
    heading = [f"with both, {system}", *map(str, range(1, len(named) + 1))]
    yield from aligned([heading, *rows])


def _class(id_: str) -> str:
    return next(each.name["en"] for each in crosswalks()[TABLE_2].classes if each.id == id_)


def _notes(found: Described) -> Iterator[str]:
    yield (
        "lengths are means in Unicode characters (code points) of the texts as stored, blanks and"
        " line breaks counted; those of questions are over the questions answered, those of"
        " descriptions over the questions that have one"
    )
    described = [each.distortions for each in found.systems if each.distortions]
    if described:
        methods = " or ".join(dict.fromkeys(each.distorted.method for each in described))
        yield (
            f"shares: {methods} interval; each answer counts once a row, with its share of the"
            " answers that have a distortion; labels each: names in such an answer, unknown ones"
            " too; with both: each with itself counts all answers that have it"
        )
    if len({_kind(each) for each in described}) > 1:
        yield (
            "different detectors counted these systems' answers, so nothing follows from a"
            " difference between them: name one that looked at all, as --detector lexicon"
        )
    for each in found.systems:
        yield from _system_notes(each)
    yield RESEARCH_ONLY


def _kind(found: Distortions) -> str:
    """Return what kind of detector it was: import:A and import:B are one."""
    return found.detector.split(":")[0]


def _system_notes(each: System) -> Iterator[str]:
    found, left_out = each.distortions, each.left_out
    if left_out.set_aside or left_out.refused:
        yield (
            f"{each.system}: left out of all of this: {many(left_out.set_aside, 'answer')} set"
            f" aside, {left_out.refused:,} refused: {counted(left_out.reasons)};"
            " 'cbt responses list' shows them"
        )
    if found is None:
        yield f"{each.system}: {NOT_RUN}; 'cbt detect' runs one"
        return
    if found.not_run or found.cannot_tell:
        yield (
            f"{each.system}: left out of the shares: {found.not_run:,} answers on which"
            f" {found.detector} was not run, {found.cannot_tell:,} where it cannot tell"
        )
    if found.beside:
        yield f"{each.system}: only in Table 2, not in the codebook: {counted(found.beside)}"
    if found.unknown:
        yield (
            f"{each.system}: names that neither the codebook nor Table 2 has, so in no row:"
            f" {counted(found.unknown)}"
        )


def _latex(found: Described) -> Iterator[str]:
    share = [percent(e.distortions.distorted.value) if e.distortions else NONE
             for e in found.systems]  # fmt: skip
    rows = [[*_lengths(e), part] for e, part in zip(found.systems, share, strict=True)]
    caption = (
        "Answers of each system: how many, mean lengths in Unicode characters, and the share that"
        " names at least one cognitive distortion."
    )
    yield from latex.table([*HEADING, "distorted"], rows, caption=caption, label="tab:answers")
    ran = [(each, each.distortions) for each in found.systems if each.distortions]
    if not ran:
        return
    yield ""
    rows = [[_class(id_), *(f"{of.classes[id_]:,}" for _, of in ran)] for id_ in ran[0][1].classes]
    rows += [[], *_codebook_rows([of for _, of in ran])]
    heading = ["distortion", *(each.system for each, _ in ran)]
    detectors = ", ".join(dict.fromkeys(of.detector for _, of in ran))
    yield from latex.table(
        heading,
        rows,
        caption=f"Answers that name each distortion (detector: {detectors}); first in the classes"
        " of the reference study, then by the codebook. An answer may name several.",
        label="tab:distortions",
    )


def _codebook_rows(found: Sequence[Distortions]) -> list[list[str]]:
    return [
        [label.name["en"], *(f"{of.counts[label.id]:,}" for of in found)]
        for label in shipped().labels
        if any(of.counts[label.id] for of in found)
    ]


def _draw(path: Path, found: Described) -> None:
    ran = [(each.system, each.distortions) for each in found.systems if each.distortions]
    named = [id_ for id_ in shipped().ids if any(of.counts[id_] for _, of in ran)]
    by_id = tuple(
        Series(system, tuple(_bar(id_, of.counts[id_], of) for id_ in named)) for system, of in ran
    )
    by_class = tuple(
        Series(system, tuple(_bar(id_, n, of) for id_, n in of.classes.items()))
        for system, of in ran
    )
    panels = [
        Panel("By the codebook", "% of the answers searched", by_id),
        Panel("In Table 2's classes", "% of the answers searched", by_class),
    ]
    whose = ", ".join(f"{system} ({of.decided:,})" for system, of in ran)
    draw_bars(path, f"Distortions named in the answers of {whose}", panels)


def _bar(name: str, n: int, found: Distortions) -> Point:
    share = 100 * n / found.decided if found.decided else None
    return Point(name, share, note=f"{n:,}")
