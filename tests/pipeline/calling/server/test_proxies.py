import asyncio

import pytest

from db.errors import NotCalled
from pipeline.calling.replies import Fault, Reply
from pipeline.calling.server.address import address_of
from pipeline.calling.server.proxies import check_proxy
from tests.model_server import Answer, model_server
from tests.pipeline.calling.told import ask

OUTSIDE = "http://llm.example.com/v1"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1", "ftp://x"])
def test_the_machine_that_we_are_on_is_reached_past_any_proxy(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with model_server(lambda _: Answer("ok")) as served:
        for url in (served.url, served.url.replace("127.0.0.1", "LOCALHOST")):
            assert isinstance(asyncio.run(ask(url)), Reply)


def test_a_proxy_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    got = asyncio.run(ask(OUTSIDE))
    assert isinstance(got, Fault)
    assert (got.kind, got.may_be_billed) == ("connection", False)
    assert "(the environment's proxy lets nothing through)" in got.message


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_another_kind_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "socks5://user:secret@127.0.0.1:1")
    with pytest.raises(NotCalled, match=r"for llm\.example\.com is of the kind socks5") as caught:
        asyncio.run(ask(OUTSIDE))
    assert "secret" not in caught.value.message
    monkeypatch.setenv("NO_PROXY", "example.com")
    check_proxy(address_of(OUTSIDE))
