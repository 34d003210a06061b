"""The rating desk's routes: a study's beginning, the items that follow, and each judgement."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from annotate_app import deps
from annotate_app.routes.guard import Refused, get, json_body, post, signed_in, token_of
from annotate_app.routes.pace import Pace
from annotate_app.services import rating
from annotate_app.services.judging import Asked, ChangedElsewhere
from annotate_app.services.saving import Saver
from annotate_app.services.scoring import ScoresMissing
from annotate_app.services.sign_in import SignedIn
from db.engine import Store
from db.errors import NotAllowed
from db.judgements import NewJudgement

T = TypeVar("T")

READING = Pace(per_second=100, burst=200)
SAVING = Pace(per_second=200, burst=400)
STATUS = {"not_signed_in": 401, "not_yours": 403, "study_not_open": 409, "changed_elsewhere": 409}
LONGEST_POSITION_DIGITS = 9
KINDS: dict[str, tuple[type, ...]] = {
    "owner": (str,),
    "item": (str,),
    "base": (int,),
    "token": (str,),
    "values": (dict,),
    "labels": (list, type(None)),
    "comment": (str,),
    "flags": (dict,),
    "seconds": (int, float, type(None)),
}


async def package(request: Request) -> Response:
    return await _read(request, partial(rating.package, study=_asked_for(request, "study")))


async def items(request: Request) -> Response:
    study, owner = _asked_for(request, "study"), _asked_for(request, "owner")
    positions = [_position(text) for text in request.query_params.getlist("at")]

    def found(store: Store, *, person_id: int) -> dict[str, Any]:
        own = rating.items(
            store, person_id=person_id, study=study, owner=owner, positions=positions
        )
        return {"items": own}

    return await _read(request, found)


async def judgement(request: Request) -> Response:
    """Answer once the judgement is committed."""
    asked = _asked(token_of(request), await json_body(request))
    try:
        saved = await _saver(deps.store()).save(asked)
    except NotAllowed as error:
        raise _refused(error) from error
    return _json(saved)


async def _read(request: Request, read: Callable[..., Any]) -> Response:
    def work() -> Any:
        person: SignedIn = signed_in(request)
        return read(deps.store(), person_id=person.person_id)

    try:
        return _json(await to_thread.run_sync(work))
    except NotAllowed as error:
        raise _refused(error) from error


def _asked_for(request: Request, name: str) -> str:
    return request.query_params.get(name, "").replace("\0", "")  # which PostgreSQL cannot hold


def _position(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_POSITION_DIGITS):
        raise Refused(422, "not_understood", "a position is a whole number")
    return int(text)


def _asked(sign_in: str, body: dict[str, Any]) -> Asked:
    """Return what the desk sent. Raises Refused 422 for a field that is missing or odd."""
    for name, kinds in KINDS.items():
        if type(body.get(name)) not in kinds:
            raise Refused(422, "not_understood", f"send {name}, as the desk does")
    if not body.keys() <= KINDS.keys():
        raise Refused(422, "not_understood", f"send only {', '.join(KINDS)}")
    if not all(type(reason) is str for reason in body["flags"].values()):
        raise Refused(422, "not_understood", "a flag's reason is a text")
    return Asked(
        sign_in=sign_in,
        owner=body["owner"],
        item=body["item"],
        base=body["base"],
        new=NewJudgement(
            values=body["values"],
            labels=body.get("labels") or (),
            token=body["token"],
            comment=body["comment"],
            flags=body["flags"],
            seconds=body.get("seconds"),
        ),
    )


def _refused(error: NotAllowed) -> Refused:
    more: dict[str, Any] = {}
    if isinstance(error, ScoresMissing):
        more = {"criteria": error.criteria}
    if isinstance(error, ChangedElsewhere):
        more = {"newest": _plain(error.newest)}
    return Refused(STATUS.get(error.code, 422), error.code, error.message, **more)


@cache
def _saver(store: Store) -> Saver:
    return Saver(store)


def _json(shown: Any) -> Response:
    return JSONResponse(_plain(shown))


def _plain(shown: Any) -> Any:
    """Return data as JSON has it. A record is its fields: the desk is sent nothing else."""
    if isinstance(shown, datetime):
        return shown.isoformat()
    if isinstance(shown, Mapping):
        return {name: _plain(value) for name, value in shown.items()}
    if isinstance(shown, list | tuple):
        return [_plain(value) for value in shown]
    if is_dataclass(shown):
        return {field.name: _plain(getattr(shown, field.name)) for field in fields(shown)}
    return shown


routes = [
    get("/api/desk", package, pace=READING),
    get("/api/desk/items", items, pace=READING),
    post("/api/desk/judgement", judgement, pace=SAVING),
]
