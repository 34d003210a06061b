"""What holds for every request, Streamlit's own too: who may ask, and what a browser may do."""

import re
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from annotate_app import deps

# Streamlit runs a component's script from a blob: and styles its elements inline. A chart brings
# its figures along in an address (data:), which asks nobody.
POLICY = {
    "default-src": "'self'",
    "connect-src": "'self' data:",
    "script-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
HOST = re.compile(r"(\[(?P<digits>[0-9a-f:.]+)\]|(?P<name>[^][:/?#@]+))(:\d+)?")
TOKENS_COOKIE = b"_streamlit_user_tokens"
RAW = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


# While the server is away, Streamlit's page would show a dialog in English that takes all keys and
# stays. The desk says so itself, and goes on.
HOST_CONFIG = {
    "allowedOrigins": [],
    "blockErrorDialogs": True,
    "enableCustomParentMessages": False,
    "enforceDownloadInNewTab": False,
    "metricsUrl": "",
    "resourceCrossOriginMode": None,
    "useExternalAuthToken": False,
}


class Doorway:
    """Lets in who asks for a name of this app, from its own pages; adds headers to each answer.

    A page elsewhere can let its own name point at this machine, or open a websocket to it: either
    would then act with the cookie of whoever looks at that page.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: tuple[str, ...]) -> None:
        self.app = app
        own = ("localhost", socket.gethostname(), *allowed_hosts)
        self.names = {name.lower().rstrip(".") for name in own}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*filter(_is_sent, message["headers"]), *RAW]
            await send(message)

        await self._answer(scope)(scope, receive, sending)

    def _answer(self, scope: Scope) -> ASGIApp:
        if scope["type"] == "lifespan":
            return self.app
        refusal = self._refusal(scope)
        if not refusal and _asks_what_a_page_may(scope["path"]):
            return JSONResponse(HOST_CONFIG, headers={"Cache-Control": "no-cache"})
        return refusal or self.app

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        asked = headers.get("host", "")
        if not self._answers_to(asked):
            why = f"This app does not answer to the name {asked!r}; --allowed-host adds one.\n"
            return _refuse(421, why)
        origin = headers.get("origin")
        if scope["type"] == "websocket" and origin and not _same(origin, asked):
            return _refuse(403, "Another site's page may not connect to this app.\n")
        return None

    def _answers_to(self, asked: str) -> bool:
        found = HOST.fullmatch(asked.lower())
        if not found:
            return False
        name = (found["digits"] or found["name"]).rstrip(".")
        return name in self.names or _in_digits(name)


def _is_sent(header: tuple[bytes, bytes]) -> bool:
    """Return whether a header goes out: the provider's tokens, long and powerful, stay here."""
    name, value = header
    given = name == b"set-cookie" and value.startswith(TOKENS_COOKIE)
    return not given or b"Max-Age=0" in value


def _asks_what_a_page_may(path: str) -> bool:
    asked = "/_stcore/host-config"
    return path.endswith(asked) and path == deps.base_path() + asked


def _refuse(status: int, why: str) -> ASGIApp:
    """Return an app that refuses a request, and a websocket before it is opened."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(why, status)(scope, receive, send)

    return refuse


def _same(origin: str, asked: str) -> bool:
    return urlsplit(origin).netloc.lower() == asked.lower()


def _in_digits(name: str) -> bool:
    """Return whether this is an address itself, which nobody can let point elsewhere."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
