"""The official openai client over aiohttp: no other file loads either."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from ssl import PROTOCOL_TLS_CLIENT, SSLContext, create_default_context
from typing import cast

from aiohttp import (
    ClientConnectionError,
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
    ClientHttpProxyError,
    ClientPayloadError,
    ClientProxyConnectionError,
    ConnectionTimeoutError,
)
from aiohttp.http_exceptions import HttpProcessingError
from httpx2 import HTTPError
from openai import (
    APIStatusError,
    AsyncOpenAI,
    DefaultAioHttpClient,
    Omit,
    OpenAIError,
    Timeout,
)

from db.errors import NotCalled
from pipeline.calling.replies import Fault
from pipeline.calling.server.address import Address
from pipeline.calling.server.faults import Faults
from pipeline.calling.server.proxies import check_proxy

CONNECT_SECONDS = 15.0
# A ValueError is raised for what a server may not send, as letters that are none in a status line.
FAILED = (OpenAIError, ClientError, HttpProcessingError, HTTPError, OSError, ValueError)
Kinds = type[BaseException] | tuple[type[BaseException], ...]
# The call did not go out. The last one is what the others are kinds of.
UNREACHED: Mapping[Kinds, str] = {
    (
        ClientHttpProxyError,
        ClientProxyConnectionError,
    ): "the environment's proxy lets nothing through",
    ClientConnectorDNSError: "no server has this name",
    ClientConnectorCertificateError: "its certificate is not trusted",
    ClientConnectorSSLError: "it speaks no https there; the base URL may begin with http",
    ConnectionTimeoutError: "it does not take a connection",
    ClientConnectorError: "it refuses the connection",
}


@dataclass(frozen=True)
class Client:
    """The client of one server; whatever goes wrong with it is a Fault."""

    openai: AsyncOpenAI
    faults: Faults

    async def post(self, path: str, content: bytes, *, seconds: float) -> bytes:
        """Return what the server answers; `seconds` are for all of it, however slowly it drips."""
        patience = Timeout(seconds, connect=min(seconds / 2, CONNECT_SECONDS))
        with self.faulting(seconds=seconds):
            async with asyncio.timeout(seconds):
                # Raw: to have the client make objects of it takes as long as all the rest.
                return await self.openai.post(
                    path,
                    cast_to=bytes,
                    content=content,
                    options={"timeout": patience, "follow_redirects": False},
                )

    @contextmanager
    def faulting(self, *, seconds: float) -> Iterator[None]:
        """Turn the client's errors into faults; `seconds` is how long it was given."""
        try:
            yield
        except FAILED as error:
            # Without its cause, whose text may show the key.
            raise fault_of(error, self.faults, seconds=seconds) from None


@asynccontextmanager
async def client_of(address: Address, key: str, faults: Faults) -> AsyncIterator[Client]:
    """Yield a client that tries each call once, as whoever calls decides on more."""
    # The environment may name OpenAI's organization, which is no other server's business.
    account = {} if address.openai else {"OpenAI-Organization": Omit(), "OpenAI-Project": Omit()}
    async with AsyncOpenAI(
        api_key=key,
        base_url=address.base_url,
        max_retries=0,
        http_client=_http(address),
        default_headers=cast("Mapping[str, str]", account),
    ) as openai:
        yield Client(openai, faults)


def _http(address: Address) -> DefaultAioHttpClient:
    check_proxy(address)
    try:
        if address.local:  # not through a proxy, but by the certificates of the environment
            return DefaultAioHttpClient(trust_env=False, verify=_trusted(address))
        return DefaultAioHttpClient()
    except (OSError, ValueError) as error:
        raise NotCalled(
            "the certificates or the proxy that the environment names cannot be used;"
            " check SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY and HTTP_PROXY"
        ) from error


def _trusted(address: Address) -> SSLContext:
    if address.base_url.startswith("https:"):
        return create_default_context()
    # Nobody is asked for a certificate; to read whom this machine trusts takes 20 milliseconds.
    return SSLContext(PROTOCOL_TLS_CLIENT)


def fault_of(error: BaseException, faults: Faults, *, seconds: float) -> Fault:
    """Return the fault that an error of the client, or of what it stands on, means."""
    if isinstance(error, APIStatusError):
        return faults.refused(error.status_code, error.body, error.response.headers)
    # What the client itself makes of them is not to be relied on: it calls a lost connection a
    # timeout of connecting.
    causes = tuple(_causes(error))
    for kind, why in UNREACHED.items():
        if _has(causes, kind):
            return faults.unreached(why)
    if _has(causes, ClientPayloadError):
        return faults.cut_off()
    if _has(causes, TimeoutError):
        return faults.late(seconds)
    if _has(causes, (ClientConnectionError, OSError)):
        return faults.broken()
    return faults.unreadable("something that is no HTTP")


def _has(causes: tuple[BaseException, ...], kinds: Kinds) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
