"""The figures that a reader looks for first: the primary criterion's, and how far raters agree."""

from collections.abc import Iterator
from typing import Any

from pipeline.report.cells import p_said, percent, said
from pipeline.report.context import Context
from pipeline.report.document.blocks import Block, Heading, Listing, Piece, Ref, Text
from pipeline.report.sections.coefficients import chief, named
from pipeline.report.sections.detection import key

MOST_MEANS = 4  # systems whose means are told one by one


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, in the words of the sections that follow and with their figures.

    It is written after these, which have told the figures.
    """
    found = [*_scores(context), *_detection(context), *_agreement(context)]
    if found:
        yield Heading("summary", "In short")
        yield Listing(tuple(found))


def _scores(context: Context) -> Iterator[Text]:
    results = context.findings.results
    if not results.whole:
        return
    primary = results.whole["family"]["primary"] or next(iter(results.whole["criteria"]))
    of = results.whole["criteria"][primary]
    name = context.name(primary)
    scored = [each for each in of["systems"] if each["n"]]
    if not scored:
        yield f"{name}: nobody gave a score yet."
        return
    if len(scored) <= MOST_MEANS:
        yield _means(context, primary, name, scored)
    else:
        yield _best(context, primary, name, scored)
    if len(of["differences"]) == 1:
        yield _difference(context, primary, of["differences"][0])


def _means(context: Context, primary: str, name: str, scored: list[dict[str, Any]]) -> Text:
    parts: list[str | Piece | Ref] = [f"{name}: "]
    for place, each in enumerate(scored):
        source = context.sources.again(f"t5.{primary}.{context.code(each['system'])}.mean")
        parts += [", " if place else "", f"{each['system']} ", said(source)]
    return (*parts, " (", Ref("t5"), ").")


def _best(context: Context, primary: str, name: str, scored: list[dict[str, Any]]) -> Text:
    best = max(scored, key=lambda each: each["value"])
    code = context.code(best["system"])
    mean = context.sources.again(f"t5.{primary}.{code}.mean")
    chance = context.sources.again(f"ranks.{primary}.{code}.p_best")
    parts: list[str | Piece | Ref] = [
        f"{name}: {best['system']} has the highest mean, ",
        said(mean),
    ]
    if chance.value is not None:
        parts += [", and is best in ", said(chance, percent), " of the resamples"]
    return (*parts, f", of {len(scored)} systems (", Ref("t5"), ").")


def _difference(context: Context, primary: str, each: dict[str, Any]) -> Text:
    id_ = f"differences.{primary}.{context.code(each['a'])}.{context.code(each['b'])}"
    told = context.sources.again
    p = told(f"{id_}.p_holm") if told(f"{id_}.p_holm").value is not None else told(f"{id_}.p")
    name = "adjusted p" if p.id.endswith("holm") else "p"
    return (
        f"{each['a']} − {each['b']}: ",
        said(told(f"{id_}.mean")),
        ", ",
        Piece(p_said(p.value, name), id=p.id),
        " (",
        Ref(f"differences-{primary}"),
        ").",
    )


def _agreement(context: Context) -> Iterator[Text]:
    whole = context.findings.agreement.whole
    if not whole:
        return
    primary = context.known.study.analysis.get("primary")
    criterion = str(primary if primary in whole["criteria"] else next(iter(whole["criteria"])))
    each = chief(whole["criteria"][criterion]["coefficients"])
    source = context.sources.again(f"agreement.{criterion}.{each['name']}.{each['metric']}")
    about = f"Agreement on {context.name(criterion)}: {named(each['name'], each['metric'])} "
    if source.value is None:
        yield (f"{about}cannot be told, as {source.reason} (", Ref("coefficients"), ").")
    else:
        yield (about, said(source), " (", Ref("coefficients"), ").")


def _detection(context: Context) -> Iterator[Text]:
    for detected, found in context.findings.quality:
        if found.whole:
            told = context.sources.again
            name = key(detected)
            yield (
                f"{detected.detector}, against the {found.whole['gold']} labels: precision ",
                said(told(f"{name}.precision")),
                ", recall ",
                said(told(f"{name}.recall")),
                ", F1 ",
                said(told(f"{name}.f1")),
                " (",
                Ref(f"t3-{detected.study}-{detected.detector}"),
                ").",
            )
