"""What is known of an answer: automatic scores, ratings, the distortions that were found."""

from collections.abc import Callable, Sequence
from html import escape

from annotate_app.deps import Deps
from db.shown_questions import ShownScore
from pipeline.codebook.distortions import shipped
from pipeline.showing.shown import Finding, Label, Ratings

Named = Callable[[str], str]  # what a criterion is called


def scores(deps: Deps, of: Sequence[ShownScore]) -> str:
    """Return the automatic scores, and folded how each was computed."""
    if not of:
        return ""
    rows = "".join(_pair(each.metric, f"{each.value:.4g}", _against(deps, each)) for each in of)
    told = dict.fromkeys((each.metric, each.signature) for each in of)
    signatures = "".join(f"<li>{escape(name)}: {escape(how)}</li>" for name, how in told)
    return _block(
        deps.t("compare.scores"),
        f"<dl>{rows}</dl>{_folded(deps.t('compare.signatures'), f'<ul>{signatures}</ul>')}",
    )


def _against(deps: Deps, score: ShownScore) -> str:
    return deps.t("compare.against", system=score.reference) if score.reference else ""


def ratings(deps: Deps, of: Sequence[Ratings], names: Named) -> str:
    """Return the means by criterion, and folded what each rater gave."""
    if not of:
        return ""
    if not any(each.given for each in of):
        return _block(deps.t("compare.ratings"), f"<p>{escape(deps.t('compare.not_rated'))}</p>")
    rows = "".join(_pair(names(each.criterion), _mean(deps, each), _n(deps, each)) for each in of)
    each_rater = _folded(deps.t("compare.each_rater"), _by_rater(deps, of, names))
    return _block(deps.t("compare.ratings"), f"<dl>{rows}</dl>{each_rater}")


def _mean(deps: Deps, of: Ratings) -> str:
    return deps.t("study.nothing") if of.mean is None else f"{of.mean:.2f}"


def _n(deps: Deps, of: Ratings) -> str:
    return deps.t("compare.n", n=len(of.values), lowest=of.lowest, highest=of.highest)


def _by_rater(deps: Deps, of: Sequence[Ratings], names: Named) -> str:
    cannot = deps.t("compare.cannot_judge")
    given = {
        (each.rater, criterion.criterion): cannot if each.value is None else str(each.value)
        for criterion in of
        for each in criterion.given
    }
    raters = sorted({rater for rater, _ in given})
    head = "".join(f'<th scope="col">{escape(names(each.criterion))}</th>' for each in of)
    body = "".join(
        f'<tr><th scope="row">{escape(rater)}</th>'
        + "".join(
            f"<td>{escape(given.get((rater, each.criterion), deps.t('study.nothing')))}</td>"
            for each in of
        )
        + "</tr>"
        for rater in raters
    )
    return (
        f'<table><thead><tr><th scope="col">{escape(deps.t("study.column_rater"))}</th>{head}</tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


def findings(deps: Deps, of: Sequence[Finding]) -> str:
    """Return what each detector found, with its own words for it."""
    if not of:
        return ""
    rows = "".join(
        f"<dt>{escape(each.detector)}</dt>"
        f"<dd>{escape(deps.t(f'compare.presence_{each.presence}'))}{_labels(deps, each)}</dd>"
        for each in of
    )
    return _block(deps.t("compare.findings"), f'<dl class="found">{rows}</dl>')


def _labels(deps: Deps, finding: Finding) -> str:
    return (
        "<ul>" + "".join(f"<li>{_label(deps, each)}</li>" for each in finding.labels) + "</ul>"
        if finding.labels
        else ""
    )


def _label(deps: Deps, label: Label) -> str:
    codebook = shipped()
    known = label.id in codebook.ids
    name = codebook.label(label.id).name[deps.language] if known else label.id
    why = f' <span class="aside">{escape(label.reason)}</span>' if label.reason else ""
    return f"{escape(name)}{why}"


def _pair(name: str, figure: str, aside: str) -> str:
    beside = f' <span class="aside">{escape(aside)}</span>' if aside else ""
    return f"<div><dt>{escape(name)}</dt><dd><b>{escape(figure)}</b>{beside}</dd></div>"


def _block(title: str, inside: str) -> str:
    return f'<section class="known"><h4>{escape(title)}</h4>{inside}</section>'


def _folded(title: str, inside: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"
