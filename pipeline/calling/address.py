"""Where a language model's server is: what a base URL may be, and what is shown of it."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from db.errors import NotCalled

OPENAI = "https://api.openai.com/v1"
ENDPOINT = "/chat/completions"


@dataclass(frozen=True)
class Address:
    """`host` is what a configuration is bound to: local servers change their ports."""

    base_url: str
    host: str
    port: int | None

    @property
    def openai(self) -> bool:
        """Whether this is OpenAI's own server, which answers nobody without a key."""
        return self.host == "api.openai.com" or self.host.endswith(".api.openai.com")

    @property
    def shown(self) -> str:
        """What a message calls the server."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


def address_of(base_url: str | None) -> Address:
    """Return the address of the server at `base_url`; None is OpenAI's own.

    Raises NotCalled for what is no address, and for one that holds what must not be shown.
    """
    url = (OPENAI if base_url is None else base_url).strip().rstrip("/")
    parts, port = _parts(url)
    if {"@", "?", "#"} & set(url):
        # It is not shown: what is refused here may be a key.
        raise NotCalled(
            "the base URL holds more than an address; leave out what stands before '@' and from"
            " '?' or '#' on, and give a key in the environment"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable():
        raise NotCalled(
            f"the base URL {url!r} is not the address of a server;"
            " one looks like http://localhost:8000/v1 or https://api.openai.com/v1"
        )
    if parts.path.endswith(ENDPOINT):
        raise NotCalled(f"leave {ENDPOINT} off the base URL; each call adds it")
    return Address(base_url=url, host=parts.hostname, port=port)


def _parts(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise NotCalled(
            "the base URL is not the address of a server: its host or port cannot be read"
        ) from None  # the cause quotes the URL, which may hold a key
