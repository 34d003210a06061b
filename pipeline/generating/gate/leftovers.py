"""Find what belongs to the task and not to the answer: headings, fields, talk about the task."""

import re
from collections.abc import Iterable, Sequence

from pipeline.generating.gate.problems import Finding, finding, quoted
from pipeline.parsing.headings import CHINESE, part_named
from pipeline.parsing.plain import plain
from pipeline.prompts.headed import BEFORE
from pipeline.prompts.prompt import Part

DISTORTIONS = "distortions"
FIELDS = (DISTORTIONS, "reason")
HALVES = re.compile(r"和|与|或|、|\band\b|\bor\b|&")
COLON, CLOSING = re.compile("[:：]"), ' \t*_”"】]」）)》'
MARKS = re.compile(BEFORE)
OPENING = ' \t*【“"'
SENTENCE_ENDS = "。！？!?.…”\n|"
LONGEST_TITLE = {"zh": 12, "en": 30}
LONGEST = 80  # characters before the end of a heading that are looked at
HALF = {"zh": 3, "en": 12}  # characters of half a name that is a heading too
BRACKETED = re.compile(r"^[ \t]*【[^】\n]{2,12}】|^第[一二三四五1-5]部分|^Part \d\b", re.MULTILINE)
# A few words without a stop or a person in them, alone on a part's first line or before a colon.
TITLE = re.compile(
    r"(?:[\d一二三四五][.、)]\s*)?(?P<words>[^\n，。！？；,.!?;:：你您我她他]{2,30}+)(?P<end>[:：]?\n|[:：])"
)
EDGE = 100  # characters of each end of an answer in which it may speak of itself
# What presents an answer, and what else speaks of one; that is looked for where a hint is.
PRESENTS = re.compile(
    r"(?:好的|当然|没问题|明白了?|收到)?[，,！!。 ]*"
    r"(?:(?:以下|下面)是[^。\n]{0,30}(?:回答|回复|回应|答复|答案|内容|分析)[^\n。]{0,8}[:：。]"
    r"|这是[^，。\n]{0,20}(?:回答|回复|回应|答复|答案)[^，。\n]{0,8}[:：])"
    r"|(?:sure|certainly|of course|okay)[,.!]* (?:here(?:['’]s| is)|below is)"
    r"|(?:here(?:['’]s| is)|below is) (?:an?|my|the|your) (?:\w+ )?(?:response|reply|answer)",
    re.IGNORECASE,
)
HINTS = {
    "zh": ("按照", "根据", "依照", "遵循", "以上", "上述", "全文", "字数", "（共", "(共", "要求"),
    "en": (" count", "requested", "instructed", "instructions", "response ", "answer "),
}
ABOUT_TASK = {
    "zh": re.compile(
        r"我(?:将|会|需要)(?:按照?|遵循|依照|根据)[^。\n]{0,20}(?:部分|步骤|结构|格式|要求)"
        r"|(?:回答|回复)[^。\n]{0,4}(?:符合|满足)[^。\n]{0,4}要求"
        r"|(?:按照|根据)(?:您|你)?的?(?:要求|指示|示例)[^。\n]{0,20}(?:回答|回复|回应|撰写|写|生成)"
        r"|(?:以上|上述)(?:就?是|内容为?)[^。\n]{0,20}(?:回答|回复|回应|答复)"
        r"|(?:[(（]共|全文|字数)[^。\n]{0,6}\d{3,4}\s?字|字数[:：]"
    ),
    "en": re.compile(
        r"\b(?:word|character) count\b|\bas (?:requested|instructed|per your instructions)\b"
        r"|\b(?:the|this) (?:response|answer) (?:above|follows|is structured|has five)",
        re.IGNORECASE,
    ),
}


class Headings:
    """The names of a prompt's parts, as they must not stand in the prose of its answers."""

    def __init__(self, parts: Sequence[Part], language: str) -> None:
        ids = [part.id for part in parts] + [part.id.replace("_", " ") for part in parts]
        names = [part.name for part in parts]
        self._halves = {half.strip() for name in names for half in HALVES.split(name)} - {""}
        long = [half for half in self._halves if len(half) >= HALF[language]]
        # A single English word may well head an English answer, or stand before a colon in it.
        own = [name for name in (*ids, *FIELDS) if language == "zh" or "_" in name or " " in name]
        self._fields = _Ends([*own, DISTORTIONS], ())
        self._all = _Ends([*names, *ids, *FIELDS, *long], [*names, *own])

    def in_prose(self, text: str, starts: Iterable[int]) -> Finding | None:
        """Return a finding for a heading or a field's name; parts begin at `starts`."""
        hint = "【" in text or "部分" in text or "Part" in text
        bracketed = BRACKETED.search(text) if hint else None
        title = bracketed[0] if bracketed else self._all.search(text)
        title = title or next(filter(None, (self._title(text, at) for at in starts)), "")
        return finding("heading_left", example=quoted(title)) if title else None

    def in_text(self, text: str) -> Finding | None:
        """Return a finding for a field's name in an answer that may well have headings."""
        name = self._fields.search(text)
        return finding("heading_left", example=quoted(name)) if name else None

    def _title(self, text: str, start: int) -> str:
        title = TITLE.match(text, start)
        if title is None:
            return ""
        words = title["words"]
        if len(words) > LONGEST_TITLE["zh" if CHINESE.search(words) else "en"]:
            return ""
        alone = title["end"].endswith("\n") and part_named(plain(words))
        own = {half.strip() for half in HALVES.split(words)} <= self._halves
        return words if alone or own else ""


class _Ends:
    """Names that end with a colon or a line: `lines` fill it, `sentences` only their sentence."""

    def __init__(self, lines: Sequence[str], sentences: Sequence[str]) -> None:
        self._lines = {name.casefold() for name in lines}
        self._sentences = tuple(name.casefold() for name in sentences)
        last = {name[-1] for name in (*self._lines, *self._sentences)}
        self._last = {*CLOSING, *last, *map(str.upper, last)}

    def search(self, text: str) -> str:
        """Return the first of the names that stands so in a text, or ""."""
        for line in text.split("\n"):
            if line[-1:] in self._last and (name := self._name(line[-LONGEST:])):
                return name
        if ":" in text or "：" in text:
            for colon in COLON.finditer(text):
                at = colon.start()
                if text[at - 1 : at] in self._last:
                    line = text[max(text.rfind("\n", 0, at) + 1, at - LONGEST) : at]
                    if name := self._name(line):
                        return name
        return ""

    def _name(self, line: str) -> str:
        low = line.rstrip(CLOSING).casefold()
        marks = MARKS.match(low)
        if low[marks.end() if marks else 0 :] in self._lines:
            return low
        for name in self._sentences if low.endswith(self._sentences) else ():
            before = low.removesuffix(name)
            if before != low and before.rstrip(OPENING)[-1:] in SENTENCE_ENDS:
                return name
        return ""


def about_task(text: str, language: str) -> Finding | None:
    """Return a finding where an answer's beginning or end speaks of the answer itself."""
    found = PRESENTS.match(text)
    ends = text if len(text) < 2 * EDGE else f"{text[:EDGE]}\n{text[-EDGE:]}"
    if found is None and any(hint in ends for hint in HINTS[language]):
        found = ABOUT_TASK[language].search(ends)
    return finding("about_task", example=quoted(found[0])) if found else None
