import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.secrets import Secrets

from annotate_app import provider
from annotate_app.provider import NEEDED, ProviderUnfit
from db.engine import Store

GIVEN = {
    "redirect_uri": "https://study.example.org/ann/oauth2callback",
    "cookie_secret": "s" * 32,
    "client_id": "cbt",
    "client_secret": "between the two",
    "server_metadata_url": "https://sso.example.org/.well-known/openid-configuration",
}
Configure = Callable[..., None]


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Write secrets.toml where Streamlit looks for it; None leaves a line out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(st, "secrets", Secrets())

    def write(**changes: str | None) -> None:
        lines = [f'{k} = "{v}"' for k, v in {**GIVEN, **changes}.items() if v is not None]
        path = tmp_path / ".streamlit" / "secrets.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(["[auth]", *lines]), "utf-8")

    return write


def test_without_secrets_nothing_is_offered_and_nothing_is_wrong(configure: Configure) -> None:
    provider.check("/ann")
    assert not provider.offered()


def test_a_whole_section_is_offered_with_the_address_as_username(configure: Configure) -> None:
    configure()
    provider.check("/ann")
    assert provider.offered()
    assert provider.claim() == "email"


def test_another_claim_can_be_the_username(configure: Configure) -> None:
    configure(username="preferred_username")
    provider.check("/ann")
    assert provider.claim() == "preferred_username"


@pytest.mark.parametrize("key", NEEDED)
def test_what_is_missing_is_named(configure: Configure, key: str) -> None:
    configure(**{key: None})
    with pytest.raises(ProviderUnfit, match=rf"has no {key}; docs/sign-in\.md"):
        provider.check("/ann")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"redirect_uri": "https://study.example.org/oauth2callback"}, "/ann/oauth2callback"),
        ({"cookie_secret": "short"}, "at least 32 random characters"),
        ({"username": "name"}, "from email or preferred_username, not from name"),
    ],
)
def test_what_would_let_nobody_in_or_the_wrong_one_is_told(
    configure: Configure, changes: dict[str, str], why: str
) -> None:
    configure(**changes)
    with pytest.raises(ProviderUnfit, match=why):
        provider.check("/ann")


@pytest.mark.parametrize("package", ["authlib", "httpx2"])
def test_the_missing_extra_is_told_with_how_to_install_it(
    configure: Configure, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    provider.check("/ann")  # who asks for no provider needs no extra
    configure()
    with pytest.raises(ProviderUnfit, match=r"pip install 'cbt-annotate\[oidc\]'"):
        provider.check("/ann")


def test_the_app_does_not_start_with_a_provider_that_cannot_work(
    configure: Configure, sqlite_store: Store
) -> None:
    configure(client_id=None)
    words = ["--port", "0", "--database", str(sqlite_store.engine.url)]
    command = [sys.executable, "-m", "annotate_app", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("annotate_app: [auth] in secrets.toml has no client_id;")
