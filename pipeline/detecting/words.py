"""The words by which models say whether there is a distortion, which, where and why."""

from collections.abc import Mapping, Sequence

from db.columns import Presence
from pipeline.codebook.distortions import folded, resolve
from pipeline.detecting.found import Named
from pipeline.tidy_gold import LONGEST_NAME, PRESENCE_OF

_PRESENCE: dict[Presence, str] = {
    "yes": "true, 1, 存在, 有认知扭曲, 有认知歪曲, 存在认知扭曲",
    "no": "false, 0, 不存在, 没有认知扭曲, 没有认知歪曲, 不存在认知扭曲, not present",
    "cannot_tell": "cannot tell, unclear, uncertain, unsure, 不确定, 无法确定, 难以判断",
}
PRESENCE: Mapping[str, Presence] = PRESENCE_OF | {
    folded(word): presence for presence, words in _PRESENCE.items() for word in words.split(", ")
}


def _spelled(**names: str) -> dict[str, str]:
    return {folded(name): key for key, all_ in names.items() for name in (key, *all_.split(", "))}


FINDING = _spelled(
    presence="present, has_distortion, distortion_present, 有无, 是否存在, 是否有认知扭曲, 结论",
    distortions="distortion, cognitive_distortions, labels, 认知扭曲, 认知歪曲, 扭曲, 歪曲, 类型",
)
ENTRY = _spelled(
    id="name, label, type, distortion, 名称, 类型, 编号, 认知扭曲",
    quote="quotes, evidence, text, span, 引文, 原文, 原句, 依据",
    reason="explanation, why, 理由, 原因, 说明, 解释",
)
ENDS = " \t\r\n。.!！,，;；:：*_`"


def presence_of(said: object) -> Presence | None:
    """Return what a word or a JSON value says of presence, None for any other.

    >>> presence_of("没有。"), presence_of(True), presence_of("Cannot tell"), presence_of("maybe")
    ('no', 'yes', 'cannot_tell', None)
    """
    known = isinstance(said, str | int)
    return PRESENCE.get(folded(str(said).strip(ENDS))) if known else None


def resolved(name: str) -> str | None:
    """Return the id of a distortion, of a name that may have another one in brackets beside it.

    >>> resolved("以偏概全 (Overgeneralization)"), resolved("思维反刍")
    ('overgeneralization', None)
    """
    found = resolve(name)
    if found:
        return found
    alone, _, beside = name.partition("（" if "（" in name else "(")
    return (resolve(alone) or resolve(beside.strip("）) "))) if beside else None


def named(name: object, *, reason: object = None, quotes: Sequence[object] = ()) -> Named | None:
    """Return what an entry names; None for an empty one, and for one that says "no" or "none"."""
    written = " ".join(str(name or "").split()).strip(ENDS)
    if not written or "no" in (presence_of(written), presence_of(reason)):
        return None
    why = reason.strip() if isinstance(reason, str) and not presence_of(reason) else ""
    given = tuple(str(quote).strip() for quote in quotes if quote)
    return Named(resolved(written) or written[:LONGEST_NAME], why, tuple(filter(None, given)))
