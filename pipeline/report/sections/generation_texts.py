"""Say in words how a model was asked for a system's answers, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.cli.amounts import money
from pipeline.cli.wording import counted, many
from pipeline.provenance import LOCAL
from pipeline.report.context import Context

LANGUAGES = {"zh": "Chinese", "en": "English"}
SHOWN = 12  # characters of a hash that tell versions apart
SAMPLING = {"temperature": "temperature", "top_p": "top-p", "seed": "seed"}
SAMPLING_ZH = {"temperature": "温度", "top_p": "top-p", "seed": "种子"}
LANGUAGES_ZH = {"zh": "中文", "en": "英文"}
PROTOCOLS = {"cbt": "CBT", "act": "ACT", "dbt": "DBT", "plain": "none"}
CHOSEN = "the server's own"
OUTPUTS = {
    "schema": "answers asked for as JSON by a schema",
    "text": "answers asked for as text",
}
REFUSALS = {"refused": "by the model", "filtered": "by a filter of the server"}
FOR_DANGER = {
    True: "; asked with the prompt's own instruction for them, and without its worked example",
    False: "; asked as all others: the prompt has no instruction for them",
}


@dataclass(frozen=True)
class Generation:
    """What `cbt describe` says of how a system's answers were generated, and its place there."""

    shown: str
    place: int
    found: Mapping[str, Any]

    @property
    def became(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = self.found["became"]
        return told

    @property
    def took(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = self.found["took"]
        return told

    @property
    def prompt(self) -> Mapping[str, Any] | None:
        told: Mapping[str, Any] | None = self.found["prompt"]
        return told


def generations(context: Context) -> list[Generation]:
    """Return those systems whose answers this program generated; none before unblinding."""
    systems = context.findings.described.whole.get("systems", ())
    return [
        Generation(each["system"], place, each["generation"])
        for place, each in enumerate(systems)
        if each["generation"]
    ]


def model(of: Generation) -> str:
    """Return the model as it was named, and as its server called it, and which server that was."""
    named, called = of.found["model"], of.found["called"]
    others = "" if set(called) <= {named} else f", called {_called(called)} by its server"
    return f"{named} ({of.found['server']}{others})"


def _called(replies: Mapping[str, int]) -> str:
    return counted(replies) if len(replies) > 1 else next(iter(replies))


def in_short(of: Generation) -> str:
    """Return by which model and when answers were generated."""
    return f"{model(of)}, {period(of)}"


def days(of: Generation) -> tuple[str, str]:
    """Return the first and the last day of the calls, in UTC."""
    return of.found["first_at"][:10], of.found["last_at"][:10]


def period(of: Generation) -> str:
    first, last = days(of)
    return f"on {first}" if first == last else f"from {first} to {last}"


def details(of: Generation) -> str:
    """Return all settings that an answer may hang on, and when they were in force."""
    found = of.found
    settings = [
        f"{name} {CHOSEN if found[key] is None else found[key]}" for key, name in SAMPLING.items()
    ]
    room = found["max_tokens"]
    if room:
        settings.append(f"at most {room:,} tokens a reply, once more with twice that if cut off")
    settings.append(OUTPUTS.get(found["output"], ""))
    each = "One answer" if found["samples"] == 1 else f"{found['samples']:,} answers"
    batch = of.took["in_batch"]
    through = f", {many(batch, 'call')} of them through the Batch API" if batch else ""
    return (
        f"{of.shown}: {model(of)}, asked {found['first_at']} to {found['last_at']}{through}, by"
        f" {', '.join(found['programs'])}. Settings: {'; '.join(filter(None, settings))}."
        f" {each} to each question, each in a conversation of its own."
    )


def prompt(told: Mapping[str, Any]) -> str:
    """Return which prompt it was: its language, its protocol, where its example comes from."""
    language = LANGUAGES.get(told["language"], told["language"])
    parts = [f"version {told['version']}", f"in {language}"]
    if told["protocol"]:
        parts.append(f"protocol: {PROTOCOLS.get(told['protocol'], told['protocol'])}")
    if told["examples"] is not None:
        parts.append(example(told))
    return "; ".join(parts)


def example(told: Mapping[str, Any]) -> str:
    """Return where the worked example of a prompt comes from."""
    origin = told["origin"]
    if not told["examples"]:
        return "without a worked example"
    if origin is None:
        return "worked example: of an origin that the prompt does not tell"
    if origin["by"] == "people":
        return "worked example: written by people"
    of = [f"worked example: by {origin['model'] or 'a model'}"]
    if origin["question"]:
        source = f" of {origin['source']}" if origin["source"] else ""
        of.append(f"in answer to question {origin['question']}{source}")
    if origin["seed"] is not None:
        of.append(f"drawn with seed {origin['seed']}")
    if origin["made_on"]:
        of.append(f"made on {origin['made_on']}")
    return ", ".join(of)


def became(of: Generation) -> str:
    """Return what became of the questions that were asked."""
    told = of.became
    parts = [
        f"{many(told['kept'], 'answer')} kept",
        f"{told['set_aside']:,} set aside{_reasons(of, 'set_aside')}",
        f"{told['refused']:,} refused{_reasons(of, 'refused')}",
        f"{many(told['failed'], 'question')} without an answer",
    ]
    if told["waiting"]:
        parts.append(f"{told['waiting']:,} still with the server")
    again = [
        f"{told[key]:,} {why}"
        for key, why in (("repaired", "to mend what a check found"), ("longer", "with more room"))
        if told[key]
    ]
    asked = f"; asked once more: {', '.join(again)}" if again else ""
    return f"{many(told['asked'], 'question')} asked: {', '.join(parts)}{asked}"


def _reasons(of: Generation, status: str) -> str:
    reasons = of.became["reasons"].get(status, {})
    named = {reason(status, code): count for code, count in reasons.items()}
    return f": {counted(named)}" if named else ""


def reason(status: str, code: str) -> str:
    """Return why an answer is not kept, in words where that is no code of a check.

    >>> reason("set_aside", "cut_off"), reason("refused", "filtered")
    ('cut_off', 'by a filter of the server')
    """
    return REFUSALS.get(code, code) if status == "refused" else code


def took(of: Generation) -> str:
    """Return what all calls took."""
    told = of.took
    spent = [
        many(told["calls"], "call"),
        f"{told['tokens_in']:,} tokens in",
        f"{told['tokens_out']:,} out",
        *(money(cost, currency) for currency, cost in told["costs"].items()),
    ]
    if not told["costs"]:
        spent.append("cost not known")
    elif told["unpriced"]:
        spent.append(f"and {many(told['unpriced'], 'call')} without a price")
    if told["at_most"]:
        at_most = many(told["at_most"], "call")
        spent.append(f"with {at_most} counted as the most that they can have taken")
    return ", ".join(spent)


def language(of: Generation) -> str:
    """Return in which language a model was asked to answer."""
    if of.prompt is None:
        return ""
    name = of.prompt["language"]
    return f"{of.shown}: prompted in {LANGUAGES.get(name, name)}, for answers in the same language."


def development(of: Generation) -> str:
    """Return what the store knows of how a prompt was made."""
    told = of.prompt
    if told is None or told["examples"] is None:
        return ""
    return f"{of.shown}: {told['name']}, version {told['version']}, {example(told)}."


def danger(of: Generation) -> str:
    """Return how people in acute danger were answered."""
    told = of.became
    told_how = of.prompt["when_in_danger"] if of.prompt and told["in_danger"] else None
    asked = "" if told_how is None else FOR_DANGER[told_how]
    return (
        f"{of.shown}: {told['in_danger']:,} of {many(told['asked'], 'question')} asked may be of"
        f" people in acute danger ({danger_rules(of)}){asked}."
    )


def danger_rules(of: Generation) -> str:
    """Return who says of a question that it is of somebody in danger."""
    return f"by a person's tag, or by rules, version {of.became['danger_rules'][:SHOWN]}"


def task(of: Generation) -> str:
    """Return what a model was to write, empty where its prompt does not tell."""
    told = of.prompt
    if told is None or not told["protocol"]:
        return ""
    parts = f" in {len(told['parts'])} parts ({', '.join(told['parts'])})" if told["parts"] else ""
    size = ""
    if told["characters"]:
        least, most = told["characters"]
        size = f", of {least:,} to {most:,} characters"
    protocol = PROTOCOLS.get(told["protocol"], told["protocol"])
    by = "" if told["protocol"] == "plain" else f" by {protocol}"
    return f"{of.shown}: writes one answer to a help-seeker{by}{parts}{size}."


def english(of: Generation) -> str:
    """Return a sentence for the methods of a paper."""
    told, found = of.became, of.found
    with_prompt = ""
    if of.prompt:
        cited = ", ".join(_cited(of, LANGUAGES))
        with_prompt = f" with the prompt {of.prompt['name']} ({cited})"
    chosen = ", ".join(_chosen(found, SAMPLING)) or "sampling settings left to the server"
    return (
        f"The answers of {of.shown} were generated by {model(of)} {period(of)}{with_prompt};"
        f" {chosen}. Each answer was checked by rules, and asked for once more where they found"
        f" something. Of {many(told['asked'], 'question')} came {many(told['kept'], 'answer')} that"
        f" could be kept ({told['set_aside']:,} set aside, {told['refused']:,} refused,"
        f" {many(told['failed'], 'question')} without an answer)."
    )


def chinese(of: Generation) -> str:
    """Return the same in Chinese."""
    told, found = of.became, of.found
    first, last = days(of)
    when = first if first == last else f"{first} 至 {last}"
    server = "本地服务器" if found["server"] == LOCAL else found["server"]
    others = set(found["called"]) - {found["model"]}
    called = f"，服务器所报名称：{'、'.join(found['called'])}" if others else ""
    with_prompt = ""
    if of.prompt:
        cited = "，".join(_cited(of, LANGUAGES_ZH))
        with_prompt = f"，提示词为 {of.prompt['name']}（{cited}）"
    chosen = "，".join(_chosen(found, SAMPLING_ZH)) or "采样参数由服务器决定"
    return (
        f"{of.shown} 的回答由 {found['model']}（{server}{called}）生成，时间为 {when}"
        f"{with_prompt}；{chosen}。每份回答都按规则自动检查，发现问题时请模型改写一次。"
        f"共提出 {told['asked']:,} 个问题：保留回答 {told['kept']:,} 份，搁置"
        f" {told['set_aside']:,} 份，拒答 {told['refused']:,} 份，{told['failed']:,} 个问题"
        "没有回答。"
    )


def _cited(of: Generation, languages: Mapping[str, str]) -> list[str]:
    """Return a prompt's language, its protocol where it has one, and its version."""
    told = of.prompt or {}
    protocol = PROTOCOLS.get(told["protocol"])
    parts = [languages.get(told["language"], told["language"]), protocol, told["version"]]
    return [part for part in parts if part and part != PROTOCOLS["plain"]]


def _chosen(found: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    return [f"{name} {found[key]}" for key, name in names.items() if found[key] is not None]
