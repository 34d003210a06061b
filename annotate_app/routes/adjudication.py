"""The adjudication desk's routes: a lead's cases, the own answer, and then the decision."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from annotate_app.routes.desk_answers import READING, asked_for, at, check_fields, told
from annotate_app.routes.guard import get, json_body, post
from annotate_app.services import adjudicating
from annotate_app.services.adjudicating import Asked

OWN: dict[str, tuple[type, ...]] = {
    "owner": (str,),
    "item": (str,),
    "base": (int,),
    "token": (str,),
    "values": (dict,),
    "labels": (list,),
    "seconds": (int, float, type(None)),
}
DECISION = {**OWN, "reason": (str,)}


async def package(request: Request) -> Response:
    return await told(request, partial(adjudicating.package, study=asked_for(request, "study")))


async def cases(request: Request) -> Response:
    wanted = partial(
        adjudicating.cases,
        study=asked_for(request, "study"),
        owner=asked_for(request, "owner"),
        positions=at(request),
    )
    return await told(request, wanted)


async def own(request: Request) -> Response:
    """Keep the lead's own answer; only the answer to this shows the votes."""
    return await _kept(request, OWN)


async def decision(request: Request) -> Response:
    return await _kept(request, DECISION)


async def _kept(request: Request, kinds: dict[str, tuple[type, ...]]) -> Response:
    """Answer once the step is committed."""
    body = await json_body(request)
    check_fields(body, kinds)
    return await told(request, partial(adjudicating.keep, asked=Asked(**body)))


routes = [
    get("/api/adjudication", package, pace=READING),
    get("/api/adjudication/cases", cases, pace=READING),
    post("/api/adjudication/own", own),
    post("/api/adjudication/decision", decision),
]
