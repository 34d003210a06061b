"""Tell whether an answer is in its prompt's language, and in simplified characters."""

import re

from pipeline.generating.gate.problems import Finding, finding, quoted

# Letters are counted in UTF-8 by the byte that begins them: that takes a tenth of a pattern's time.
BYTES = bytes(range(256))
NO_HAN = bytes(byte for byte in BYTES if not 0xE4 <= byte <= 0xE9)
NO_LATIN = bytes(byte for byte in BYTES if not chr(byte).isalpha() or byte > 0x7F)
NO_OTHER = bytes(
    byte for byte in BYTES if not (0xD0 <= byte <= 0xDF or byte in (0xE0, 0xE1, 0xEA, 0xEB, 0xEC))
)
KANA = (b"\xe3\x81", b"\xe3\x82", b"\xe3\x83")
# Of the letters so many must be of the prompt's language; names and a word here and there may not.
LEAST = {"zh": 0.8, "en": 0.9}
# A sentence of the other language, looked for where there are so many of its letters.
SENTENCE = {
    "zh": re.compile(r"(?:\b[A-Za-z][A-Za-z'’]*[ ,;:]{1,2}){7,}[A-Za-z'’]+"),
    "en": re.compile("[\u3400-\u9fff][，、\u3400-\u9fff]{14,}"),
}
SOME = {"zh": 40, "en": 15}
FOREIGN = {
    "zh": re.compile(r"[A-Za-z][A-Za-z ,.'’;:!?-]{7,}|[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff]+"),
    "en": re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0400-\u04ff，。]+"),
}
HAN = re.compile("[\u3400-\u9fff]+")
# GB 2312 has the simplified characters in use, and no traditional ones.
SIMPLIFIED = "gb2312"
FEW = 5  # different ones: people do write 怼 and 囧, which are not in it


def foreign(text: str, language: str) -> Finding | None:
    """Return a finding where too little is in the language, or a sentence is in another."""
    raw = text.encode("utf-8", "replace")
    han = len(raw.translate(None, NO_HAN))
    latin = len(text.encode("ascii", "ignore").translate(None, NO_LATIN))
    wanted = han if language == "zh" else latin
    least = LEAST[language]
    # The other alphabets matter only where punctuation and spaces alone could not be the rest.
    if wanted < least * len(text) and wanted <= least * (han + latin + _others(raw)):
        found = max(FOREIGN[language].findall(text), key=len, default=text)
        return finding("language", example=quoted(found))
    others = latin if language == "zh" else han
    sentence = SENTENCE[language].search(text) if others >= SOME[language] else None
    return finding("language", example=quoted(sentence[0])) if sentence else None


def _others(raw: bytes) -> int:
    return len(raw.translate(None, NO_OTHER)) + sum(map(raw.count, KANA))


def traditional(text: str, question: str) -> Finding | None:
    """Return a finding where a text is in traditional characters, and the question is not."""
    if not _is_traditional(text) or _is_traditional(question):
        return None
    found = next(run for run in HAN.findall(text) if _simplified(run) != run)
    return finding("traditional", example=quoted(found))


def _is_traditional(text: str) -> bool:
    known = text.encode(SIMPLIFIED, "ignore")  # one byte for ASCII, two for all else
    lost = 2 * len(text) - len(text.encode("ascii", "ignore")) - len(known)
    if lost < 2 * FEW:
        return False
    return len(set("".join(HAN.findall(text))) - set(known.decode(SIMPLIFIED))) >= FEW


def _simplified(text: str) -> str:
    """Return the text without traditional characters, emoji and what else GB 2312 has not."""
    return text.encode(SIMPLIFIED, "ignore").decode(SIMPLIFIED)
