"""The rating desk's routes: a study's beginning, the items that follow, and each judgement."""

from functools import cache, partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from annotate_app import deps
from annotate_app.routes.desk_answers import (
    READING,
    answer,
    asked_for,
    at,
    check_fields,
    refused,
    told,
)
from annotate_app.routes.guard import Refused, get, json_body, post, token_of
from annotate_app.routes.pace import Pace
from annotate_app.services import rating
from annotate_app.services.judging import Asked
from annotate_app.services.saving import Saver
from db.engine import Store
from db.errors import NotAllowed
from db.judgements import NewJudgement

SAVING = Pace(per_second=200, burst=400)
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
    return await told(request, partial(rating.package, study=asked_for(request, "study")))


async def items(request: Request) -> Response:
    study, owner, wanted = asked_for(request, "study"), asked_for(request, "owner"), at(request)

    def found(store: Store, *, person_id: int) -> dict[str, Any]:
        own = rating.items(store, person_id=person_id, study=study, owner=owner, positions=wanted)
        return {"items": own}

    return await told(request, found)


async def judgement(request: Request) -> Response:
    """Answer once the judgement is committed."""
    asked = _asked(token_of(request), await json_body(request))
    try:
        saved = await _saver(deps.store()).save(asked)
    except NotAllowed as error:
        raise refused(error) from error
    return answer(saved)


def _asked(sign_in: str, body: dict[str, Any]) -> Asked:
    """Return what the desk sent. Raises Refused 422 for a field that is missing or odd."""
    check_fields(body, KINDS)
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


@cache
def _saver(store: Store) -> Saver:
    return Saver(store)


routes = [
    get("/api/desk", package, pace=READING),
    get("/api/desk/items", items, pace=READING),
    post("/api/desk/judgement", judgement, pace=SAVING),
]
