"""The pages on a study's figures as the process that serves them sends them to a browser."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator

import pytest

from annotate_app.services import sign_in
from annotate_app.services.sign_in import COOKIE
from db import people
from db.engine import Store
from tests.annotate_app.rated_study import CANARY, STUDY
from tests.annotate_app.served import Served, run, served
from tests.annotate_app.test_server import HEAVY

Sent = Callable[[str, str], bytes]
PAGES = ("results", "agreement", "raters")


@pytest.fixture(scope="module")
def app(rated: Store) -> Iterator[Served]:
    with served(str(rated.engine.url)) as running:
        yield running


@pytest.fixture
def sent(app: Served, rated: Store) -> Sent:
    """All that someone's browser gets for a page, with what its charts carry in addresses."""

    def open_(username: str, page: str) -> bytes:
        with rated.reading() as session:
            person_id = people.get(session, username=username).id
        token = sign_in.begin(rated, person_id=person_id)
        with app.open_page(Cookie=f"{COOKIE}={token}") as browser:
            told = b"".join(
                message.SerializeToString() for message in run(browser, page, f"name={STUDY}")
            )
        carried = re.findall(rb"base64,([A-Za-z0-9+/=]+)", told)
        return b"".join([told, *map(b64decode, carried)])

    return open_


def test_no_page_names_a_system_before_unblinding_nor_loads_a_heavy_package(
    app: Served, sent: Sent
) -> None:
    got = {page: sent("guo", page) for page in PAGES}
    for page, said in got.items():
        assert b"<table" in said, page
        assert b'"says"' in said, page
        assert CANARY.encode() not in said, page
    assert b"S1" in got["results"]
    assert HEAVY & set(app.look()["modules"]) == set()


def test_a_raters_own_page_holds_nobody_else(app: Served, sent: Sent, rated: Store) -> None:
    said = sent("lin", "mine")
    assert b"<table" in said
    with rated.reading() as session:
        others = [people.get(session, username=who).pseudonym for who in ("mei", "bo", "guo")]
    for hidden in (CANARY, *others):
        assert hidden.encode() not in said
    assert HEAVY & set(app.look()["modules"]) == set()


def test_who_only_rates_gets_no_figures_of_the_study(sent: Sent) -> None:
    for page in PAGES:
        said = sent("lin", page)
        assert b"<table" not in said
        assert b'"says"' not in said
