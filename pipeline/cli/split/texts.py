"""What `cbt split` says: the subsets of a split, and of all splits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from db.splits import TEST, TRAIN, VALIDATION, StoredSplit
from pipeline.cli.columns import aligned
from pipeline.cli.wording import many
from pipeline.splitting.wanted import SplitDone
from pipeline.tidy import instant_text

SUBSETS = (TRAIN, VALIDATION, TEST)
STRATA_SHOWN = 12


def as_object(done: SplitDone) -> dict[str, Any]:
    return {
        "split": done.name,
        **{subset: done.subsets.get(subset, 0) for subset in SUBSETS},
        "seed": done.seed,
        "added": done.added,
        "known": done.known,
        "new": done.new,
        "same_texts": vars(done.same_texts),
        "stratify": list(done.traits),
        "strata": [
            {"stratum": list(each.traits), **{name: each.subsets.get(name, 0) for name in SUBSETS}}
            for each in done.strata
        ],
    }


def lines(done: SplitDone) -> Iterator[str]:
    yield f"split {done.name}, seed {done.seed}: {_news(done)}"
    total = sum(done.subsets.values())
    yield from aligned(
        [[f"  {name}", f"{n:,}", f"{n / total:.2%}"] for name, n in done.subsets.items()]
    )
    if done.same_texts.texts:
        yield (
            f"{many(done.same_texts.questions, 'question')} have the text of another one"
            f" ({many(done.same_texts.texts, 'text')}); each text is in one subset"
        )
    if done.between:
        yield (
            f"{many(done.between, 'new question')} may be in no subset: the texts are like those"
            " of two"
        )
    elif done.new:
        yield (
            f"not in it, as they came in since: {many(done.new, 'question')}; --extend puts them"
            " where their text is, or into train"
        )
    yield from _strata(done)


def _news(done: SplitDone) -> str:
    if not done.known:
        return f"{many(done.added, 'question')} drawn"
    added = f", {done.added:,} added" if done.added else ""
    return f"{many(done.known, 'question')} known{added}"


def _strata(done: SplitDone) -> Iterator[str]:
    if not done.strata:
        return
    yield ""
    rows = [[" · ".join(done.traits), *done.subsets]]
    for each in done.strata[:STRATA_SHOWN]:
        counts = [f"{each.subsets.get(subset, 0):,}" for subset in done.subsets]
        rows.append([" · ".join(each.traits), *counts])
    yield from aligned(rows)
    if len(done.strata) > STRATA_SHOWN:
        yield f"… and {len(done.strata) - STRATA_SHOWN:,} smaller strata (--json lists all)"


def listed_object(found: Sequence[StoredSplit]) -> dict[str, Any]:
    return {
        "splits": [
            {
                "split": each.name,
                "subsets": dict(each.subsets),
                "seed": each.seed,
                "settings": each.settings,
                "drawn_at": instant_text(each.drawn_at) if each.drawn_at else None,
                "same_texts": (each.counts or {}).get("same_texts"),
            }
            for each in found
        ]
    }


def listed_lines(found: Sequence[StoredSplit]) -> Iterator[str]:
    if not found:
        yield "there is no split yet; run 'cbt split --name NAME' to draw one"
        return
    rows = [["split", "of", "drawn", "seed", "subsets"]]
    for each in found:
        subsets = ", ".join(f"{name} {n:,}" for name, n in each.subsets.items())
        drawn = f"{each.drawn_at:%Y-%m-%d}" if each.drawn_at else "-"
        rows.append([each.name, _of(each.settings), drawn, str(each.seed), subsets])
    yield from aligned(rows, left=5)


def _of(settings: Mapping[str, Any] | None) -> str:
    if settings is None:
        return "not known"
    of = settings.get("source") or "all questions"
    if settings.get("system"):
        of += f" that {settings['system']} answered"
    if settings.get("stratify"):
        of += f", by {' and '.join(settings['stratify'])}"
    return of
