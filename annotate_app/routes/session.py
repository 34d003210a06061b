"""Sign in and out, and accept an invite: no password reaches the server in another way."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from annotate_app import deps
from annotate_app.routes.guard import Refused, address_of, json_body, post, slow_down
from annotate_app.routes.pace import Pace
from annotate_app.services import invites, organisation, sign_in
from annotate_app.services.invites import InviteNotValid
from annotate_app.services.organisation import TicketNotValid
from annotate_app.services.patience import SlowDown
from annotate_app.services.sign_in import COOKIE, WrongCredentials
from db import sign_ins
from db.errors import KnownError
from pipeline.passwords import PasswordUnfit

T = TypeVar("T")

PACE = Pace(per_second=20, burst=120)  # a class that begins at once sits behind one address
STATUS = {
    WrongCredentials.code: 401,
    TicketNotValid.code: 401,
    InviteNotValid.code: 404,
    PasswordUnfit.code: 422,
}
AT_ONCE = CapacityLimiter(4)  # a password's hash takes 19 MiB, and a core


async def enter(request: Request) -> Response:
    given = await json_body(request)
    credentials = {name: _text(given, name) for name in ("username", "password")}
    enter = partial(sign_in.sign_in, deps.store(), address=address_of(request), **credentials)
    return await _signed_in(request, enter)


async def enter_by_ticket(request: Request) -> Response:
    ticket = _text(await json_body(request), "ticket")
    browser = organisation.browser_of(request.cookies)
    enter = partial(organisation.enter, deps.store(), ticket=ticket, browser=browser)
    return await _signed_in(request, enter)


async def accept(request: Request) -> Response:
    given = await json_body(request)
    chosen = {name: _text(given, name) for name in ("token", "password")}
    return await _signed_in(request, partial(invites.accept, deps.store(), **chosen))


async def look(request: Request) -> Response:
    token = _text(await json_body(request), "token")
    found = await _done(partial(invites.look, deps.store(), token=token))
    return JSONResponse({"username": found.username, "expires": found.expires_at.isoformat()})


async def leave(request: Request) -> Response:
    everywhere = (await json_body(request)).get("everywhere") is True
    await _leave(request, everywhere=everywhere)
    response = JSONResponse({})
    response.delete_cookie(COOKIE, path=deps.base_path() or "/")
    _forget_identity(request, response)
    return response


def _forget_identity(request: Request, response: Response) -> None:
    """Remove Streamlit's own cookies: the only thing that keeps someone signed in is ours."""
    for name in organisation.identity_cookies(request.cookies):
        response.delete_cookie(name, path=deps.base_path() or "/", httponly=True, samesite="lax")


async def _leave(request: Request, *, everywhere: bool) -> None:
    token = request.cookies.get(COOKIE)
    if token:
        end = partial(sign_in.sign_out, deps.store(), token=token, everywhere=everywhere)
        await _done(end)


async def _signed_in(request: Request, sign_in_: Callable[[], str]) -> Response:
    """Answer with the cookie; the store, not the browser's clock, says when a sign-in ends."""
    token = await _done(sign_in_)
    await _leave(request, everywhere=False)  # who was signed in here before is no longer
    response = JSONResponse({})
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(sign_ins.LONGEST.total_seconds()),
        path=deps.base_path() or "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    _forget_identity(request, response)
    return response


async def _done(work: Callable[[], T]) -> T:
    try:
        return await to_thread.run_sync(work, limiter=AT_ONCE)
    except SlowDown as error:
        raise slow_down(error.seconds) from error
    except KnownError as error:
        if error.code not in STATUS:
            raise
        raise Refused(STATUS[error.code], error.code, error.message) from error


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise Refused(422, "not_understood", f"send {name} as text")
    return value


routes = [
    post("/api/sign-in", enter, pace=PACE, asker=address_of),
    post("/api/ticket", enter_by_ticket, pace=PACE, asker=address_of),
    post("/api/sign-out", leave, pace=PACE, asker=address_of),
    post("/api/invite/look", look, pace=PACE, asker=address_of),
    post("/api/invite/accept", accept, pace=PACE, asker=address_of),
]
