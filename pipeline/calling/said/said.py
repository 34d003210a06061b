"""Take from a model's reply what it says: no thinking, no marks of a chat template."""

import re

TAG = re.compile(r"<(?P<close>/?)(?:think|thinking|thought|reasoning)>|◁(?P<turned>/?)think▷", re.I)
FINAL = re.compile(r"<\|channel\|>\s*final[^<]*<\|message\|>")
TOKEN = re.compile(r"\s*(?:<\|[\w ]{1,40}\|>|<｜[^｜<>\n]{1,40}｜>|</?s>|<(?:end|start)_of_turn>)")
# What a store refuses (zero bytes, halves of characters) or no reader sees, as byte order marks.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\x85\u200b\u2028\u2029\u2060\ud800-\udfff\ufeff\ufffe\uffff]"
)
LINE_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")


def said(content: str) -> str:
    """Return what a reply says, without the blanks around it, so that it can be stored.

    Thinking is what stands between tags, before a closing tag that was never opened (chat templates
    open it themselves), or after an opening tag that is never closed.

    >>> said("<think>先共情。</think>辛苦了。<|im_end|>")
    '辛苦了。'
    """
    text = storable(content)
    if "<" not in text and "◁" not in text:
        return text
    final = [match.end() for match in FINAL.finditer(text)]
    if final:
        text = text[final[-1] :]
    return _without_tokens(_without_thinking(text).strip()).strip()


def storable(text: str) -> str:
    r"""Return the text without blanks around it, its lines ended by \n, all of it to be seen."""
    if UNSEEN.search(text):
        text = UNSEEN.sub("", LINE_BREAK.sub("\n", text))
    return text.strip()


def _without_thinking(text: str) -> str:
    kept: list[str] = []
    start, depth = 0, 0
    for tag in TAG.finditer(text):
        closes = bool(tag["close"] or tag["turned"])
        if depth == 0 and not closes:
            kept.append(text[start : tag.start()])
        elif depth == 0:
            kept.clear()
        depth = max(0, depth + (-1 if closes else 1))
        start = tag.end()
    return "".join(kept) if depth else "".join([*kept, text[start:]])


def _without_tokens(text: str) -> str:
    start = 0
    while token := TOKEN.match(text, start):
        start = token.end()
    kept = text[start:].rstrip()
    while (at := kept.rfind("<")) >= 0 and TOKEN.fullmatch(kept, at):
        kept = kept[:at].rstrip()
    return kept
