from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import AsyncOpenAI

from db.errors import NotCalled
from pipeline.calling.server.address import address_of


def test_an_address_keeps_its_path_and_is_bound_without_its_port() -> None:
    local = address_of(" http://LOCALHOST:8000/some/v1/ ")
    assert (local.base_url, local.host) == ("http://LOCALHOST:8000/some/v1", "localhost")
    assert (local.shown, local.openai) == ("localhost:8000", False)
    six = address_of("http://[::1]:8000/v1")
    assert (six.host, six.shown) == ("::1", "[::1]:8000")


def test_no_address_is_openais_own_which_has_others_as_well() -> None:
    assert address_of(None).base_url == "https://api.openai.com/v1"
    assert address_of(None).openai
    assert address_of("https://eu.api.openai.com/v1").openai
    assert not address_of("https://api.openai.com.evil.example/v1").openai


@pytest.mark.parametrize(
    "url",
    [
        "https://user:SECRET@host/v1",
        "https://SECRET@host/v1",
        "https://host/v1?api-key=SECRET",
        "https://host/v1#SECRET",
        "https://host/v1?",
        "https://user:SECRET@[host/v1",
        "https://user:SEC@RET@host:99999/v1",
    ],
)
def test_an_address_that_may_hold_a_key_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(NotCalled) as caught:
        address_of(url)
    assert "SECRET" not in caught.value.message
    assert "SEC" not in caught.value.message


@pytest.mark.parametrize(
    "url",
    ["localhost:8000/v1", "ftp://host/v1", "http://", "https:///v1", "api.openai.com", "",
     "http://host:port/v1", "http://host:99999/v1", "http://[::/v1", "http://ho\nst/v1",
     "http://ho st/v1", "http://ho\x00st/v1", "http://999.1.1.1/v1",
     "http://a..b/v1", "http://host/" + "x" * 70_000, "http://例子.cn/v1"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(NotCalled, match="not the address of a server"):
        address_of(url)


def test_a_call_s_own_address_is_refused_with_what_to_leave_off() -> None:
    with pytest.raises(NotCalled, match="leave /chat/completions off"):
        address_of("https://host/v1/chat/completions/")


@given(st.text(max_size=40) | st.from_regex(r"https?://[a-zé@:\[\]./?#%0-9 _-]{0,20}"))
def test_every_text_is_an_address_that_the_client_takes_or_is_refused(url: str) -> None:
    with suppress(NotCalled):
        found = address_of(url)
        assert AsyncOpenAI(api_key="k", base_url=found.base_url).base_url.host == found.host
