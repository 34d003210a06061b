"""The route for the app's own scripts, styles and fonts, which a browser may keep for good."""

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from annotate_app import assets

A_YEAR = "public, max-age=31536000, immutable"


async def asset(request: Request) -> Response:
    """Send one file. Only what `assets.files` lists is here, and only of this version."""
    path = assets.files().get(request.path_params["name"])
    if path is None or request.path_params["version"] != assets.version():
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    kind = assets.KINDS[path.suffix]
    return FileResponse(path, media_type=kind, headers={"Cache-Control": A_YEAR})


routes = [Route("/assets/{version}/{name:path}", asset, methods=["GET"])]
