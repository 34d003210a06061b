"""What was done with automatic metrics, for the methods paragraph and the list of sources."""

from collections.abc import Iterator

from pipeline import analysis
from pipeline.cli.wording import many
from pipeline.report.context import Context
from pipeline.report.findings import Metrics
from pipeline.scoring.found import Difference


def english(context: Context) -> Iterator[str]:
    """Yield how answers were scored automatically, and held against people's scores."""
    found = context.findings.metrics
    if not found.scores:
        return
    references = " and ".join(_references(found))
    held = (
        f", those that need a reference against the answers of {references}" if references else ""
    )
    yield (
        f"Answers were also scored by {many(len(_titles(found)), 'automatic metric')}"
        f" ({'; '.join(_titles(found))}){held}. The report gives their signatures."
    )
    tests = _tested(found)
    if tests:
        names = "; ".join(dict.fromkeys(each.test for each in tests if each.test))
        yield (
            f"Differences between systems were tested on common questions (two-sided; {names})"
            f" and adjusted by Holm's method over {many(len(tests), 'test')} of their own."
        )
    if _correlated(found):
        plan = analysis.resampling(context.known.study)
        yield (
            "Correlations with people's mean scores (Spearman, Kendall's tau-b, Pearson) were taken"
            " within systems and over all answers, with intervals by the bootstrap over questions"
            f" (BCa, {plan.resamples:,} resamples, seed {plan.seed})."
        )


def chinese(context: Context) -> Iterator[str]:
    """Yield the same in Chinese."""
    found = context.findings.metrics
    if not found.scores:
        return
    held = (
        f"，需要参考的以 {'、'.join(_references(found))} 的回答为参考" if _references(found) else ""
    )
    yield (
        f"回答另以 {len(_titles(found))} 项自动指标评分（{'；'.join(_titles(found))}）{held}。"
        "各指标的完整签名见报告。"
    )
    tests = _tested(found)
    if tests:
        names = "；".join(dict.fromkeys(each.test for each in tests if each.test))
        yield (
            f"系统间的指标差值在双方都回答的问题上检验（双侧；{names}），"
            f"并单独在 {len(tests):,} 个检验中按 Holm 法校正。"
        )
    if _correlated(found):
        plan = analysis.resampling(context.known.study)
        yield (
            "指标与人工平均分的相关（Spearman、Kendall tau-b、Pearson）分别在各系统内和全部回答上"
            f"计算，区间来自对问题的自助重抽样（BCa，{plan.resamples:,} 次，种子 {plan.seed}）。"
        )


def used(context: Context) -> set[str]:
    """Return what of automatic metrics the report holds, in the words of the list of sources."""
    found = context.findings.metrics
    words = {f"metric {scores.way.metric}" for scores in found.scores}
    tests = " ".join(each.test or "" for each in _tested(found))
    words |= {"approximate randomisation"} if "approximate randomisation" in tests else set()
    return words | ({"correlation"} if _correlated(found) else set())


def _titles(found: Metrics) -> list[str]:
    return [scores.title for scores in found.scores]


def _references(found: Metrics) -> list[str]:
    named = (scores.way.reference for scores in found.scores)
    return list(dict.fromkeys(name for name in named if name))


def _tested(found: Metrics) -> list[Difference]:
    each = (difference for metric in found.found for difference in metric.differences)
    return [difference for difference in each if difference.p is not None]


def _correlated(found: Metrics) -> bool:
    return any(each.correlation.n for each in found.with_people)
