"""Where a language model's server is: what a base URL may be, and what is shown of it."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from db.errors import NotCalled

OPENAI = "https://api.openai.com/v1"
ENDPOINT = "/chat/completions"
LONGEST = 1000
NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
NUMBER = re.compile(r"[0-9.]+|.*:.*")


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
    def local(self) -> bool:
        """Whether this is the machine that we are on, where no proxy leads to."""
        if self.host.rstrip(".") == "localhost":
            return True
        return bool(NUMBER.fullmatch(self.host)) and ip_address(self.host).is_loopback

    @property
    def shown(self) -> str:
        """What a message calls the server."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


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
    if parts.scheme not in ("http", "https") or not _fits(url) or not _is_host(parts.hostname):
        raise NotCalled(
            f"the base URL {url[:100]!r} is not the address of a server;"
            " one looks like http://localhost:8000/v1 or https://api.openai.com/v1"
        )
    if parts.path.endswith(ENDPOINT):
        raise NotCalled(f"leave {ENDPOINT} off the base URL; each call adds it")
    return Address(base_url=url, host=parts.hostname or "", port=port)


def _fits(url: str) -> bool:
    return len(url) <= LONGEST and url.isascii() and url.isprintable() and " " not in url


def _is_host(host: str | None) -> bool:
    if not host or not NUMBER.fullmatch(host):
        return bool(host and NAME.fullmatch(host))
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _parts(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise NotCalled(
            "the base URL is not the address of a server: its host or port cannot be read"
        ) from None  # the cause quotes the URL, which may hold a key
