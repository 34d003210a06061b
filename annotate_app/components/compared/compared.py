"""A question, and answers beside each other in the colours of the paper's Figure 4."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from annotate_app.components.compared import known
from annotate_app.components.compared.known import Named
from annotate_app.deps import Deps
from pipeline.parts import PARTS, Stretch
from pipeline.report.document.anchors import language
from pipeline.report.document.palette import PARTS as LOOKS
from pipeline.showing.shown import Answer, Asked, Shown

CSS = Path(__file__).with_suffix(".css").read_text("utf-8")
COLOURS = "\n".join(
    f".compared .{part} {{ --edge: light-dark(#{look.edge}, #{look.dark_edge});"
    f" --tint: light-dark(#{look.tint}, #{look.dark_tint}); }}"
    for part, look in LOOKS.items()
)
STYLE = f"<style>{CSS}{COLOURS}</style>"


def question(deps: Deps, asked: Asked) -> None:
    """Show what was asked, or in its place a word of care."""
    number = deps.t("compare.question", id=asked.external_id, source=asked.source)
    if asked.withheld:
        inside = f"<p>{escape(deps.t('compare.care'))}</p>"
        title = deps.t("compare.care_title")
    else:
        inside = _words(asked.description or "")
        title = asked.text or deps.t("compare.no_question_text")
    found = known.findings(deps, asked.findings)
    st.html(
        f'{STYLE}<section class="compared asked"><p class="number">{escape(number)}</p>'
        f"<h2{language(title)}>{escape(title)}</h2>{inside}{found}</section>"
    )


def answers(deps: Deps, shown: Shown, names: Named) -> None:
    """Show the legend, and the answers with what is known of each."""
    cards = "".join(_answer(deps, each, names) for each in shown.answers)
    st.html(f'<div class="compared">{_legend(deps)}<div class="answers">{cards}</div></div>')


def _legend(deps: Deps) -> str:
    entries = "".join(
        f'<li class="{part}">{escape(deps.t(f"compare.part_{part}"))}</li>' for part in PARTS
    )
    label = escape(deps.t("compare.legend"))
    return f'<ul class="legend" aria-label="{label}">{entries}</ul>'


def _answer(deps: Deps, answer: Answer, names: Named) -> str:
    name = escape(answer.system)
    inside = "".join(_stretch(deps, each) for each in answer.said.stretches) if answer.said else ""
    state = "".join(f'<p class="state">{escape(line)}</p>' for line in _state(deps, answer))
    more = known.scores(deps, answer.scores) + known.ratings(deps, answer.ratings, names)
    more += known.findings(deps, answer.findings)
    return (
        f'<article class="answer" aria-label="{name}"><h3>{name}</h3>{state}'
        f'<div class="said">{inside}</div>{more}</article>'
    )


def _state(deps: Deps, answer: Answer) -> Iterator[str]:
    if answer.status != "kept":
        yield deps.t(f"compare.{answer.status}", why=answer.reason or deps.t("compare.no_reason"))
    if answer.samples > 1:
        yield deps.t("compare.several", n=answer.samples)
    if answer.said is None:
        if answer.status == "kept":
            yield deps.t("compare.no_text")
        return
    yield deps.t(_told(answer.said.parts, given=answer.said.given))
    if answer.said.parts and answer.said.missing:
        missing = (deps.t(f"compare.part_{part}") for part in answer.said.missing)
        yield deps.t("compare.missing", parts=deps.t("word.and").join(missing))


def _told(parts: Sequence[str], *, given: bool) -> str:
    if not parts:
        return "compare.without_parts"
    return "compare.parts_given" if given else "compare.parts_found"


def _stretch(deps: Deps, stretch: Stretch) -> str:
    text = _words(stretch.text)
    if not stretch.part:
        return text
    if stretch.part not in PARTS:
        return f'<section class="part"><h4>{escape(stretch.part)}</h4>{text}</section>'
    name = escape(deps.t(f"compare.part_{stretch.part}"))
    return f'<section class="part {stretch.part}"><h4>{name}</h4>{text}</section>'


def _words(text: str) -> str:
    words = text.strip()
    return f'<p class="words"{language(words)}>{escape(words)}</p>' if words else ""
