"""What every route of our own checks: who asks, from which page, how often, and how much."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from annotate_app import deps
from annotate_app.routes.pace import Pace
from annotate_app.services import sign_in
from annotate_app.services.sign_in import COOKIE, SignedIn
from db.errors import StoreError, StoreFull

LARGEST_BODY_BYTES = 64 * 1024
SECONDS_TO_SEND = 20
LARGEST_INTEGER = 2**53  # beyond it a browser's own numbers are no longer exact
PACE = Pace(per_second=20, burst=40)

Handler = Callable[[Request], Awaitable[Response]]


class Refused(Exception):
    """A request that is not answered as asked: its status, and why in one sentence."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, **more}


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def token_or_address(request: Request) -> str:
    return request.cookies.get(COOKIE) or address_of(request)


class Guarded:
    """A handler with refusals as JSON, nothing of it kept in any cache, and a pace.

    It is an app of its own, for Starlette would pass another method on to Streamlit's page.
    """

    def __init__(
        self,
        handler: Handler,
        method: str,
        *,
        pace: Pace = PACE,
        asker: Callable[[Request], str] = token_or_address,
    ) -> None:
        self.handler, self.method, self.pace, self.asker = handler, method, pace, asker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Refused as refused:
            response = self._refusal(refused)
        except StoreError as error:  # whose own words name the server's files
            code = "store_full" if isinstance(error, StoreFull) else "store_busy"
            response = self._refusal(Refused(503, code, "this cannot be stored now; try again"))
        except ClientDisconnect:
            return
        response.headers["Cache-Control"] = "no-store"
        await response(scope, receive, send)

    def _refusal(self, refused: Refused) -> Response:
        response = JSONResponse(refused.body, refused.status)
        if refused.status == 405:
            response.headers["Allow"] = self.method
        if "seconds" in refused.body:
            response.headers["Retry-After"] = str(refused.body["seconds"])
        return response

    async def _answer(self, request: Request) -> Response:
        if request.method != self.method:
            raise Refused(405, "wrong_method", f"ask this with {self.method}")
        seconds = self.pace.wait(self.asker(request))
        if seconds:
            raise slow_down(seconds)
        return await self.handler(request)


def get(path: str, handler: Handler, **manner: Any) -> Route:
    """Return a route that only reads."""
    return Route(path, Guarded(handler, "GET", **manner))


def post(path: str, handler: Handler, **manner: Any) -> Route:
    """Return a route that may change something; its handler begins with `json_body`."""
    return Route(path, Guarded(handler, "POST", **manner))


def slow_down(seconds: float) -> Refused:
    whole = math.ceil(seconds)
    return Refused(429, "slow_down", f"wait {whole} seconds, then try again", seconds=whole)


def token_of(request: Request) -> str:
    """Return the sign-in's token. Raises Refused 401 without one."""
    token = request.cookies.get(COOKIE)
    if not token:
        raise Refused(401, "not_signed_in", "sign in first")
    return token


def signed_in(request: Request) -> SignedIn:
    """Return who asks. Raises Refused 401 for a cookie that is missing, made up or no longer good.

    It reads the store, so a handler runs it in a thread.
    """
    person = sign_in.who(deps.store(), token=token_of(request))
    if person is None:
        raise Refused(401, "not_signed_in", "your sign-in has ended; sign in again")
    return person


def check_origin(request: Request) -> None:
    """Raise Refused 403 unless the request comes from a page of this very address."""
    origin = request.headers.get("origin")
    if origin is None:
        same = request.headers.get("sec-fetch-site") == "same-origin"
    else:
        same = origin.partition("://")[2].lower() == request.headers.get("host", "").lower()
    if not same:
        raise Refused(403, "wrong_origin", "this page may not ask for that")


async def json_body(request: Request) -> dict[str, Any]:
    """Return the JSON object that a page of ours sent, without characters that no store keeps.

    Raises Refused: 403 for another page, 415 for what is not JSON, 413 for what is too large (read
    no further than that), 408 for what does not arrive, 422 for what is not one plain object.
    """
    check_origin(request)
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind.strip().lower() != "application/json":
        raise Refused(415, "not_json", "send JSON, with the content type application/json")
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            received = await _received(request)
    except TimeoutError as error:
        raise Refused(
            408, "too_slow", "the request did not arrive in time; send it again"
        ) from error
    return _object(received)


async def _received(request: Request) -> bytes:
    told = request.headers.get("content-length", "")
    received = bytearray()
    if not (told.isdecimal() and int(told) > LARGEST_BODY_BYTES):
        async for chunk in request.stream():
            received += chunk
            if len(received) > LARGEST_BODY_BYTES:
                break
        else:
            return bytes(received)
    raise Refused(413, "too_large", f"send at most {LARGEST_BODY_BYTES} bytes")


def _object(received: bytes) -> dict[str, Any]:
    try:
        text = received.decode("utf-8")
        body = json.loads(
            text,
            object_pairs_hook=_once_each,
            parse_int=_exact,
            parse_float=_finite,
            parse_constant=_finite,
        )
        if not isinstance(body, dict):
            raise Refused(422, "not_understood", "send one JSON object")
        return _storable(body) if "\\u" in text else body
    except (ValueError, RecursionError) as error:
        raise Refused(422, "not_understood", f"this JSON cannot be read: {_why(error)}") from error


def _why(error: ValueError | RecursionError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, json.JSONDecodeError | RecursionError):
        return "it is not well-formed, or nested too deeply"
    return str(error)


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands in it twice")
    return found


def _exact(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > LARGEST_INTEGER:
        raise ValueError("a number is too large")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is not finite")
    return number


def _storable(value: Any) -> Any:
    """Drop NUL, which PostgreSQL cannot hold, and replace halves of characters."""
    if isinstance(value, str):
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "")
    if isinstance(value, list):
        return [_storable(inner) for inner in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(inner) for name, inner in value.items()}
    return value
