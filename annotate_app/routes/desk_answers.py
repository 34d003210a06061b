"""What the routes of the desks share: reading in a thread, refusals, and records as JSON."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from annotate_app import deps
from annotate_app.routes.guard import Refused, signed_in
from annotate_app.routes.pace import Pace
from annotate_app.services.sign_in import SignedIn
from db.errors import NotAllowed

READING = Pace(per_second=100, burst=200)
LONGEST_POSITION_DIGITS = 9
STATUS = {
    "not_signed_in": 401,
    "not_yours": 403,
    "labelled_by_you": 403,
    "study_not_open": 409,
    "changed_elsewhere": 409,
    "own_answer_first": 409,
}
OF_EVERY_ERROR = {"message", "rows"}


async def told(request: Request, use: Callable[..., Any]) -> Response:
    """Answer what a use case gives for the person who asks. Raises Refused."""

    def work() -> Any:
        person: SignedIn = signed_in(request)
        return use(deps.store(), person_id=person.person_id)

    try:
        return answer(await to_thread.run_sync(work))
    except NotAllowed as error:
        raise refused(error) from error


def refused(error: NotAllowed) -> Refused:
    """Return a refusal with all that the error knows besides its sentence."""
    more = {name: plain(value) for name, value in vars(error).items() if name not in OF_EVERY_ERROR}
    return Refused(STATUS.get(error.code, 422), error.code, error.message, **more)


def asked_for(request: Request, name: str) -> str:
    return request.query_params.get(name, "").replace("\0", "")  # which PostgreSQL cannot hold


def at(request: Request) -> list[int]:
    """Return the places that are asked for, as at=1&at=2. Raises Refused 422."""
    return [_position(text) for text in request.query_params.getlist("at")]


def _position(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_POSITION_DIGITS):
        raise Refused(422, "not_understood", "a position is a whole number")
    return int(text)


def answer(shown: Any) -> Response:
    return JSONResponse(plain(shown))


def plain(shown: Any) -> Any:
    """Return data as JSON has it. A record is its fields: the desk is sent nothing else."""
    if isinstance(shown, datetime):
        return shown.isoformat()
    if isinstance(shown, Mapping):
        return {name: plain(value) for name, value in shown.items()}
    if isinstance(shown, list | tuple):
        return [plain(value) for value in shown]
    if is_dataclass(shown):
        return {field.name: plain(getattr(shown, field.name)) for field in fields(shown)}
    return shown


def check_fields(body: Mapping[str, Any], kinds: Mapping[str, tuple[type, ...]]) -> None:
    """Raise Refused 422 for a field that is missing, odd, or not one of these."""
    for name, allowed in kinds.items():
        if type(body.get(name)) not in allowed:
            raise Refused(422, "not_understood", f"send {name}, as the desk does")
    if not body.keys() <= kinds.keys():
        raise Refused(422, "not_understood", f"send only {', '.join(kinds)}")
