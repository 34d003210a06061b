"""An OpenID Connect provider on a real port, with accounts that a test makes up."""

import base64
import hashlib
import html
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "cbt-annotate", "a secret between the two"
LONG = "with the roles of a large organisation " * 200


@dataclass
class Provider:
    """The accounts by their names, and what the app has asked for."""

    url: str
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def secrets(self, app: str, **more: str) -> str:
        """Return the secrets.toml of an app that is served at this address."""
        values = {
            "redirect_uri": f"{app}/oauth2callback",
            "cookie_secret": "random enough for a test, and long enough",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "server_metadata_url": f"{self.url}/.well-known/openid-configuration",
            **more,
        }
        return "[auth]\n" + "".join(f"{key} = {json.dumps(to)}\n" for key, to in values.items())

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "end_session_endpoint": f"{self.url}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def account_page(self, asked: dict[str, str]) -> str:
        """Return a page with a link for each account, which leads back with a code."""
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        links = []
        for name in self.accounts:
            code = f"code-{len(self.codes)}-{name}"
            self.codes[code] = {**asked, "account": name}
            back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            links.append(f"<p><a href='{html.escape(back)}'>{name}</a></p>")
        return "<title>The provider</title>" + "".join(links)

    def tokens(self, given: dict[str, str], authorization: str) -> dict[str, Any]:
        """Exchange a code, once, for an identity token."""
        asked = self.codes.pop(given["code"])
        client = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        assert authorization == f"Basic {client}"
        assert given["redirect_uri"] == asked["redirect_uri"]
        proof = hashlib.sha256(given["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(proof).decode().rstrip("=") == asked["code_challenge"]
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": asked["account"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.accounts[asked["account"]],
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)
        return {"id_token": token, "access_token": LONG, "token_type": "Bearer"}


@contextmanager
def running() -> Iterator[Provider]:
    """Serve a provider until the test ends."""
    provider = Provider("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            given = {name: values[0] for name, values in query.items()}
            provider.asked.append(path)
            if path == "/end":
                return self.answer(302, "", location=given["post_logout_redirect_uri"])
            if path == "/authorize":
                return self.answer(200, provider.account_page(given), kind="text/html")
            documents = {
                "/.well-known/openid-configuration": provider.document(),
                "/keys": {"keys": [provider.key.as_dict(private=False)]},
            }
            return self.answer(200 if path in documents else 404, json.dumps(documents.get(path)))

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            given = {name: values[0] for name, values in parse_qs(body).items()}
            tokens = provider.tokens(given, self.headers["authorization"])
            self.answer(200, json.dumps(tokens))

        def answer(
            self, status: int, body: str, *, kind: str = "application/json", location: str = ""
        ) -> None:
            self.send_response(status)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(body.encode())))
            if location:
                self.send_header("location", location)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
