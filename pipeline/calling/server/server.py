"""Call a language model's server: a reply comes back, or a fault that says what went wrong."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from db.errors import NotCalled
from pipeline.calling.replies import Reply
from pipeline.calling.server.address import ENDPOINT, Address, address_of
from pipeline.calling.server.completions import Unreadable, error_status, parsed, reply_of
from pipeline.calling.server.faults import Faults
from pipeline.calling.server.secrets import Secret

if TYPE_CHECKING:
    from pipeline.calling.server.client import Client

NO_KEY = "no-key"  # a local server wants none, but the client does
as_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Server:
    """A server that is connected to; `client` is for what is more than one call."""

    address: Address
    client: "Client"

    async def ask(self, body: Mapping[str, Any], *, timeout_seconds: float) -> Reply:
        """Return the model's reply to a request. Raises Fault."""
        started = perf_counter()
        raw = await self.client.post(ENDPOINT, as_json(body).encode(), seconds=timeout_seconds)
        return self.read(raw, seconds=perf_counter() - started)

    def read(self, raw: bytes, *, seconds: float) -> Reply:
        """Return the reply in what the server sent. Raises Fault."""
        faults = self.client.faults
        try:
            said = faults.secret.left_out_of(parsed(raw))
            status = error_status(said)
            if status is not None:
                raise faults.refused(status, said, {})
            return reply_of(said, seconds=seconds)
        except Unreadable as error:
            raise faults.unreadable(str(error)) from None


@asynccontextmanager
async def connected(*, base_url: str | None, key: str | None) -> AsyncIterator[Server]:
    """Yield the server at `base_url` (None: OpenAI's own); nothing of it stays open at the end.

    Raises NotCalled, before anything is sent, for an address, a key or a lack of both that cannot
    work, and where the extra is not installed.
    """
    address = address_of(base_url)
    key = _fit(key)
    if key is None and address.openai:
        raise NotCalled(
            "OpenAI answers nobody without a key; set OPENAI_API_KEY in the environment"
        )
    try:
        from pipeline.calling.server.client import client_of  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        raise NotCalled(
            "to call a language model needs an extra; run: pip install 'cbt-annotate[generate]'"
        ) from error
    faults = Faults(address.shown, Secret(key))
    async with client_of(address, key or NO_KEY, faults) as client:
        yield Server(address, client)


def _fit(key: str | None) -> str | None:
    key = (key or "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise NotCalled(
            "the key is none: it has spaces, line breaks or letters with accents in it;"
            " copy it anew"
        )
    return key or None
