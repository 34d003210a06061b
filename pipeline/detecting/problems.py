"""Say what is wrong with a reply that is no finding: to a person, and to the model to mend it."""

from collections.abc import Mapping

from pipeline.detecting.reading import Problem
from pipeline.prompts.prompt import Language

WHY: Mapping[Problem, str] = {
    "empty": "the model said nothing",
    "no_finding": "the reply holds no finding",
    "broken": "the reply's JSON cannot be read",
    "several": "the reply holds several findings that differ",
    "bad_presence": "the reply's presence is none of yes, no and cannot_tell",
    "contradiction": "the reply names distortions, and says that there is none or cannot tell",
}
_WHAT: Mapping[Language, Mapping[Problem, str]] = {
    "zh": {
        "empty": "刚才没有收到回复。",
        "no_finding": "刚才的回复里找不到判断结果。",
        "broken": "刚才的 JSON 不完整，或者格式不对。",
        "several": "刚才的回复里有几个互相矛盾的结果。",
        "bad_presence": '"presence" 只能是 "yes"、"no" 或 "cannot_tell"。',
        "contradiction": '刚才的结果前后矛盾：列出了认知歪曲，"presence" 却不是 "yes"。',
    },
    "en": {
        "empty": "There was no reply.",
        "no_finding": "That reply holds no result.",
        "broken": "The JSON in that reply is incomplete or malformed.",
        "several": "That reply holds several results that contradict each other.",
        "bad_presence": '"presence" can only be "yes", "no" or "cannot_tell".',
        "contradiction": 'That result contradicts itself: it lists distortions, but "presence" is'
        ' not "yes".',
    },
}
_THEN: Mapping[Language, str] = {
    "zh": "请照开头的要求重新判断，只输出一个 JSON 对象。",
    "en": "Please judge again as you were told at the beginning, and output one JSON object only.",
}


def ask(problem: Problem, *, language: Language) -> str:
    """Return what the model is told, to give its finding once more."""
    return f"{_WHAT[language][problem]}{'' if language == 'zh' else ' '}{_THEN[language]}"
