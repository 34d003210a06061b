"""The identity provider by which an organisation's people may sign in: what secrets.toml says."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from db.errors import KnownError

NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
CLAIMS = ("email", "preferred_username")
CALLBACK = "/oauth2callback"
SHORTEST_SECRET = 32


class ProviderUnfit(KnownError):
    code = "provider_unfit"


def offered() -> bool:
    """Return whether there is a provider to sign in with, besides the password."""
    return bool(_section())


def claim() -> str:
    """Return which claim of an identity is the username here."""
    return str(_section().get("username", CLAIMS[0]))


def check(base_path: str) -> None:
    """Raise ProviderUnfit for a provider that nobody could sign in with."""
    if not offered():
        return
    if find_spec("authlib") is None or find_spec("httpx2") is None:
        raise ProviderUnfit(
            "[auth] in secrets.toml asks for sign-in by an organisation, which needs Authlib;"
            " install it: pip install 'cbt-annotate[oidc]'"
        )
    for why in _mistakes(_section(), base_path):
        raise ProviderUnfit(f"[auth] in secrets.toml {why}; docs/sign-in.md shows a whole one")


def _mistakes(given: Mapping[str, Any], base_path: str) -> list[str]:
    missing = [key for key in NEEDED if not given.get(key)]
    if missing:
        return [f"has no {', '.join(missing)}"]
    found = []
    if urlsplit(str(given["redirect_uri"])).path != base_path + CALLBACK:
        found.append(f"needs a redirect_uri that ends in {base_path}{CALLBACK}")
    if len(str(given["cookie_secret"])) < SHORTEST_SECRET:
        found.append(f"needs a cookie_secret of at least {SHORTEST_SECRET} random characters")
    if claim() not in CLAIMS:
        found.append(f"can take a username from {' or '.join(CLAIMS)}, not from {claim()}")
    return found


def _section() -> Mapping[str, Any]:
    found = st.secrets.get("auth") if st.secrets.load_if_toml_exists() else None
    return found or {}
