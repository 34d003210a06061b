"""Tell what a server refuses from its status and the error in its body."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.calling.replies import FaultKind


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# No mere "billing" or "quota": who only asks too fast is told of those as well.
QUOTA = _any(
    r"insufficient.?(quota|balance|credit|fund)", r"billing.(hard|not)", r"credit.balance.is.too",
    "arrearage", "余额不足", "欠费",
)  # fmt: skip
KEY = _any(
    r"(invalid|incorrect|wrong|missing|no).{0,10}api.?key",
    r"api.?key.{0,20}(invalid|not valid|incorrect|missing|expired)",
)
FILTER = _any(
    r"content.?(filter|policy|management)", r"responsible.?ai", r"data.?inspection", "moderation",
    "flagged", "敏感",
)  # fmt: skip
LENGTH = _any(
    r"context.?(length|window)", r"maximum.context", r"string_above_max",
    r"(prompt|input|request|messages?).{0,20}too.(long|large)", r"range of input length",
)  # fmt: skip
GONE = r"(not.?found|not.?exist|n't exist|unknown|unavailable|not (available|served|supported))"
MODEL = _any(
    r"model.not", rf"model.{{0,80}}{GONE}", r"(unknown|invalid|no such|valid) model", "pinned to"
)
# A value that is too large says nothing against a setting; that it is not known does.
UNSUPPORTED = _any(
    "unsupported", r"not.(supported|permitted|allowed)", "unknown", "unexpected",
    r"unrecogni[sz]ed", "max_completion_tokens",
)  # fmt: skip
SETTINGS = ("response_format", "max_tokens", "temperature", "top_p", "seed")
# Something between us and the model gave up waiting, so it may have worked.
WAITED = frozenset({408, 502, 504, 520, 522, 524})
LONGEST = 240
NO_TEXT = "\N{REPLACEMENT CHARACTER}"  # what bytes that are none become


@dataclass(frozen=True)
class Refusal:
    """What a server says of a call that it refuses; `words` are its own."""

    status: int
    code: str = ""
    param: str = ""
    words: str = ""

    @property
    def kind(self) -> FaultKind:
        """Tell the kind of fault that this is."""
        if self.status in (408, 409, 425) or self.status >= 500:
            return "server"
        if self.status == 402 or (self.status in (400, 403, 429) and self._says(QUOTA)):
            return "quota"
        if self.status == 429:
            return "rate_limit"
        return self._of_request()

    def _of_request(self) -> FaultKind:
        if self.status != 401 and self._says(FILTER):
            return "filtered"
        if self.param == "model" or (self.about is None and self._says(MODEL)):
            return "model"
        if self.status in (401, 403) or self._says(KEY):
            return "key"
        if self.status == 413 or self._says(LENGTH):
            return "too_long"
        return "bad_request"

    @property
    def about(self) -> str | None:
        """Name the setting that the server does not take, which can be left out or renamed."""
        if self.status not in (400, 404, 422):
            return None
        named = [self.param] if self.param in SETTINGS else [s for s in SETTINGS if s in self.words]
        return next((s for s in named if s != "max_tokens" or self._says(UNSUPPORTED)), None)

    @property
    def may_be_billed(self) -> bool:
        """Tell whether the model may have worked for it; a filter reads what it refuses."""
        return self.status in WAITED or self.kind == "filtered"

    def _says(self, pattern: re.Pattern[str]) -> bool:
        return pattern.search(f"{self.code} {self.words}") is not None


def refusal(status: int, said: object) -> Refusal:
    """Return what `said`, the JSON or text of an answer with this status, refuses."""
    if isinstance(said, list) and said and isinstance(said[0], Mapping):
        said = said[0]
    if isinstance(said, str):
        return Refusal(status, words=_title(said))
    if not isinstance(said, Mapping):
        return Refusal(status)
    error = said.get("error") or said
    if not isinstance(error, Mapping):
        return Refusal(status, words=_line(error))
    if isinstance(error.get("detail"), list):
        return _unprocessable(status, error["detail"])
    codes = (error.get("code"), error.get("type"), _inner(error).get("code"))
    return Refusal(
        status,
        code=" ".join(str(code) for code in codes if isinstance(code, str | int))[:LONGEST],
        param=_line(error.get("param")).partition(".")[0],
        words=_line(error.get("message") or error.get("detail") or error.get("msg")),
    )


def _inner(error: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in ("innererror", "inner_error"):
        if isinstance(error.get(name), Mapping):
            inner: Mapping[str, Any] = error[name]
            return inner
    return {}


def _unprocessable(status: int, details: list[Any]) -> Refusal:
    """Read what FastAPI says of a body that it does not take."""
    named = [detail for detail in details if isinstance(detail, Mapping)]
    if not named:
        return Refusal(status, words=_line("; ".join(map(_line, details))))
    places = [d["loc"] if isinstance(d.get("loc"), list) else [] for d in named]
    names = [str(place[1]) if len(place) > 1 else "" for place in places]
    words = (
        f"{name} {_line(detail.get('msg'))}" for name, detail in zip(names, named, strict=True)
    )
    return Refusal(status, param=names[0], words=_line("; ".join(words).strip()))


def _title(text: str) -> str:
    """Return a web page's title, or the first words of a text."""
    if not text.lstrip().startswith("<"):
        return _line(text)
    found = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
    return _line(found[1]) if found else ""


def _line(text: object) -> str:
    if not isinstance(text, str) or NO_TEXT in text:
        return ""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST]).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
