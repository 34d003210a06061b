"""The methods paragraph, ready to paste into a paper, in English and in Chinese."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipeline import analysis
from pipeline.cli.wording import many
from pipeline.report.context import Context
from pipeline.report.document.blocks import Block, Heading, Listing, Note, Paragraph
from pipeline.report.sections import generation_texts, metrics_methods
from pipeline.report.sections.coefficients import interval_methods, named_once
from pipeline.report.versions import PROGRAM, software

MOST_TOLD = 4  # systems whose generation has sentences of its own
REFERENCES = Path(__file__).parent / "references.toml"


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section: what was done, by which methods, in which versions, by whose formulas."""
    yield Heading("methods", "Methods")
    yield Paragraph(english(context))
    yield Paragraph(chinese(context))
    yield Note(
        "Both paragraphs say the same and may be pasted into a paper. What raters were, and how"
        " they were chosen and trained, only you know: the datasheet lists these questions."
    )
    yield Heading("references", "Sources of the formulas")
    yield Listing(tuple(_references(context)))


@cache
def _known() -> tuple[tuple[frozenset[str], str], ...]:
    found = tomllib.loads(REFERENCES.read_text("utf-8"))["references"]
    return tuple((frozenset(each["used"]), each["text"]) for each in found)


def _references(context: Context) -> Iterator[str]:
    used = _used(context)
    yield from (text for of, text in _known() if of & used)


def _used(context: Context) -> set[str]:
    """Return what the report holds, in the words of the list of references."""
    findings = context.findings
    used = {
        name
        for name, there in {
            "results": findings.results.whole,
            "agreement": findings.agreement.whole,
            "quality": any(found.whole for _, found in findings.quality),
        }.items()
        if there
    }
    used |= {each["name"] for each in _coefficients(context)}
    methods = " ".join(source.method for source in context.sources.told.values()).lower()
    tests = " ".join(each["test"] or "" for each in _differences(context))
    words = {"wilson": methods, "sign-flip": tests}
    if context.findings.agreement.whole.get("labels"):
        used.add("masi")
    used |= {word for word, text in words.items() if word in text}
    used |= metrics_methods.used(context)
    if any(source.id.endswith(".kappa") for source in context.sources.told.values()):
        used.add("kappa")
    if any(id_.startswith("model.") for id_ in context.sources.told):
        used.add("model")
    return used


def _criteria(context: Context) -> Mapping[str, Any]:
    found: dict[str, Any] = context.findings.results.whole.get("criteria", {})
    return found


def _differences(context: Context) -> Iterator[dict[str, Any]]:
    for of in _criteria(context).values():
        yield from of["differences"]


def _coefficients(context: Context) -> Iterator[dict[str, Any]]:
    for of in context.findings.agreement.whole.get("criteria", {}).values():
        yield from of["coefficients"]


def _intervals(context: Context) -> list[str]:
    """Return the methods of the coefficients' intervals."""
    return interval_methods(each.get("method") for each in _coefficients(context))


def english(context: Context) -> str:
    """Return what was done, in English."""
    facts, plan = context.known.facts, analysis.resampling(context.known.study)
    size = facts.size
    sentences = [*_generated(context, english=True), _what(context), _design(context)]
    if context.findings.results.whole:
        sentences += [
            "Means are over all scores given; missing scores are left out, never counted as 0.",
            "Intervals of means and differences, ranks and P(best) come from the same bootstrap"
            f" over questions, with raters held fixed (BCa, {plan.resamples:,} resamples, seed"
            f" {plan.seed}, level {plan.level:g}).",
        ]
        sentences += _tests(context)
        sentences += _model(context)
    sentences += metrics_methods.english(context)
    if context.findings.agreement.whole:
        sentences.append(_agreement(context))
    if any(found.whole for _, found in context.findings.quality):
        sentences.append(
            "Detectors were compared with the settled labels item by item; shares of items have"
            " Wilson's intervals, F1, kappa and MCC a bootstrap over items (BCa,"
            f" {plan.resamples:,} resamples, seed {plan.seed})."
        )
    if size.repeats:
        sentences.append(
            f"Only for agreement of raters with themselves: {many(size.repeats, 'hidden repeat')}."
        )
    versions = software()
    others = ", ".join(f"{name} {of}" for name, of in versions.items() if name != PROGRAM)
    sentences.append(f"All figures were computed by {PROGRAM} {versions[PROGRAM]} ({others}).")
    return " ".join(sentences)


def _generated(context: Context, *, english: bool) -> Iterator[str]:
    """Yield how models were asked for the answers; of many systems a table tells it better."""
    found = generation_texts.generations(context)
    if len(found) <= MOST_TOLD:
        yield from map(generation_texts.english if english else generation_texts.chinese, found)
    elif english:
        yield f"The answers of {len(found)} systems were generated by models, as a table tells."
    else:
        yield f"{len(found)} 个系统的回答由模型生成，详见表格。"


def _what(context: Context) -> str:
    facts = context.known.facts
    size = facts.size
    questions = many(size.questions, "question")
    if not facts.raters:
        return f"An outside ground truth of cognitive distortions in {questions} was imported."
    groups = [f"{group} {n}" for group, n in facts.groups.items() if group]
    who = many(facts.raters, "rater") + (f" ({', '.join(groups)})" if groups else "")
    of = (
        f"{many(size.items, 'answer')} of {many(len(facts.systems), 'system')} to "
        if facts.systems
        else ""
    )
    if context.known.study.kind == "distortion":
        return f"Cognitive distortions were labelled in {of}{questions} by {who}."
    names = ", ".join(map(context.name, context.criteria))
    return f"{who} scored {of}{questions} on these criteria: {names}."


def _design(context: Context) -> str:
    study = context.known.study
    if study.origin == "imported":
        return "The judgements were collected elsewhere and imported."
    questions = context.known.facts.size.questions
    frame = study.design.get("frame", {}).get("questions", questions)
    drawn = (
        f"The questions were drawn at random from {frame:,} (seed {study.seed})"
        if frame != questions
        else "All questions of the frame were used"
    )
    blind = "blind to the system and " if context.known.facts.systems else ""
    return (
        f"{drawn}; raters worked {blind}independently of each other, each in an order drawn at"
        " random."
    )


def _tests(context: Context) -> Iterator[str]:
    whole = context.findings.results.whole
    tests = dict.fromkeys(each["test"] for each in _differences(context) if each["test"])
    if not whole or not tests:
        return
    family = whole["family"]
    yield (
        "Every two systems were compared on the questions that both answered"
        f" ({'; '.join(tests)}, two-sided)."
    )
    if family["criteria"]:
        yield (
            f"p-values were adjusted by Holm's method over the {family['tests']:,} comparisons of"
            f" {'the frozen family' if family['frozen'] else 'the imported criteria'}."
        )


def _model(context: Context) -> Iterator[str]:
    if method := _model_method(context):
        name = context.name(context.primary)
        yield f"Scores on {name} were also fitted by a mixed model: {method}."


def _model_method(context: Context) -> str:
    found = context.findings.model
    if not found.whole:
        return ""
    return str(found.whole["criteria"][context.primary]["model"].get("method", ""))


def _agreement(context: Context) -> str:
    kind = "answers" if context.known.study.kind == "rating" else "items"
    names = ", ".join(named_once(_coefficients(context)))
    methods = "; ".join(_intervals(context))
    return f"Agreement between raters was measured over {kind}, by {names}; intervals: {methods}."


def chinese(context: Context) -> str:
    """Return what was done, in Chinese."""
    facts, plan = context.known.facts, analysis.resampling(context.known.study)
    size, versions = facts.size, software()
    sentences = [*_generated(context, english=False), _what_zh(context), _design_zh(context)]
    if context.findings.results.whole:
        sentences += [
            "均值取自全部已给出的评分，缺失值不计入，也不按 0 处理。",
            f"均值、差值、名次与 P(best) 的区间来自同一组对问题的自助重抽样（评分者视为固定；BCa，"
            f"{plan.resamples:,} 次，种子 {plan.seed}，置信水平 {plan.level:g}）。",
        ]
        sentences += _tests_zh(context)
        if method := _model_method(context):
            name = context.name_zh(context.primary)
            sentences.append(f"{name}的评分另以混合模型拟合（{method}）。")
    sentences += metrics_methods.chinese(context)
    if context.findings.agreement.whole:
        sentences.append(
            f"评分者间的一致性以下列指标衡量：{'、'.join(named_once(_coefficients(context)))}；"
            f"区间：{'；'.join(_intervals(context))}。"
        )
    if any(found.whole for _, found in context.findings.quality):
        sentences.append(
            "检测器逐条与既定标注比较；占比采用 Wilson 区间，"
            "F1、kappa 与 MCC 采用对条目的自助法区间。"
        )
    if size.repeats:
        sentences.append(f"{size.repeats:,} 个隐藏的重复条目只用于评分者自身的一致性。")
    others = "，".join(f"{name} {of}" for name, of in versions.items() if name != PROGRAM)
    sentences.append(f"全部结果由 {PROGRAM} {versions[PROGRAM]} 计算（{others}）。")
    return "".join(sentences)


def _what_zh(context: Context) -> str:
    facts = context.known.facts
    size = facts.size
    if not facts.raters:
        return f"导入了外部对 {size.questions:,} 个问题中认知歪曲的既定标注。"
    answers = f"{len(facts.systems):,} 个系统对 {size.questions:,} 个问题的 {size.items:,} 份回答"
    what = answers if facts.systems else f"{size.questions:,} 个问题"
    if context.known.study.kind == "distortion":
        return f"{facts.raters:,} 名标注者标注了 {what}中的认知歪曲。"
    names = "、".join(context.name_zh(criterion) for criterion in context.criteria)
    return f"{facts.raters:,} 名评分者为 {what}评分，评分项为：{names}。"


def _design_zh(context: Context) -> str:
    study = context.known.study
    if study.origin == "imported":
        return "评分在别处完成后导入。"
    questions = context.known.facts.size.questions
    frame = study.design.get("frame", {}).get("questions", questions)
    drawn = (
        f"问题从 {frame:,} 个中随机抽取（种子 {study.seed}）"
        if frame != questions
        else "抽样框中的问题全部使用"
    )
    blind = "不知回答出自哪个系统，" if context.known.facts.systems else ""
    return f"{drawn}；评分者{blind}彼此独立，顺序各自随机。"


def _tests_zh(context: Context) -> Iterator[str]:
    whole = context.findings.results.whole
    tests = dict.fromkeys(each["test"] for each in _differences(context) if each["test"])
    if not whole or not tests:
        return
    yield f"每两个系统在双方都回答的问题上比较（双侧；{'；'.join(tests)}）。"
    if whole["family"]["criteria"]:
        fixed = "预先固定的" if whole["family"]["frozen"] else "全部"
        yield f"p 值按 Holm 法在{fixed} {whole['family']['tests']:,} 个比较中校正。"
