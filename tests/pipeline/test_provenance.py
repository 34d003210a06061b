"""How a system's answers were generated, as it may be published."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from db.engine import Store
from db.tables import Question, System
from pipeline import provenance
from pipeline.calling.asking import Model
from pipeline.calling.prices import Price
from pipeline.calling.work import Limits
from pipeline.generating.generate import run
from pipeline.generating.wanted import Generating
from pipeline.prompts import library
from pipeline.provenance import Provenance
from tests.model_server import Answer, model_server
from tests.pipeline import generated

PRICE = Price(2.0, 4.0, "USD")
KEPT, MENDED, ASIDE, REFUSED, NOTHING = range(5)


def reply(body: Mapping[str, Any]) -> Answer:
    """Answer the questions by their numbers: one well, one at the second time, …."""
    number = generated.number_of(body)
    if number == REFUSED:
        return Answer("", refusal="I cannot help with that.", usage=(100, 10))
    if number == NOTHING:
        return Answer(status=500)
    mended = generated.is_repair(body) and number == MENDED
    if number == KEPT or mended:
        return generated.answered(body)
    return Answer(generated.as_json(number, strategy=""), usage=None if number == ASIDE else (9, 9))


def told(store: Store, name: str = "mini") -> Provenance | None:
    with store.reading() as session:
        system = session.scalars(select(System).where(System.name == name)).one()
        return provenance.of_system(session, system=system)


def test_it_tells_all_that_a_report_needs_of_a_run_and_of_no_address(store: Store) -> None:
    generated.add_questions(store, 5)
    with store.writing() as session:
        session.scalars(select(Question).order_by(Question.id)).first().tags = ["danger"]  # type: ignore[union-attr]
    config = Generating(
        "mini",
        Model("/home/li/models/mini-7b", temperature=0.7),
        limits=Limits(concurrency=1, tries=1, price=PRICE),
    )
    with model_server(reply) as server:
        model = replace(config.model, base_url=server.url)
        run(store, replace(config, model=model), key="sk-secret", tell=lambda _: None)
    found = told(store)
    assert found is not None
    prompt = library.find(None, "cbt-zh")
    assert (found.model, found.server, found.output) == ("mini-7b", "a local server", "schema")
    assert (found.temperature, found.top_p, found.seed, found.samples) == (0.7, None, None, 1)
    assert found.called == {"mini-7b": 6}
    assert found.prompt is not None
    assert (found.prompt.name, found.prompt.version) == ("cbt-zh", prompt.version)
    assert (found.prompt.language, found.prompt.protocol) == ("zh", "cbt")
    assert found.prompt.origin is not None
    assert (found.prompt.examples, found.prompt.origin.by) == (1, "people")
    assert found.prompt.when_in_danger is True
    became = found.became
    assert (became.asked, became.kept, became.set_aside) == (5, 2, 1)
    assert (became.refused, became.failed, became.waiting) == (1, 1, 0)
    assert became.reasons == {"set_aside": {"missing_part": 1}, "refused": {"refused": 1}}
    assert (became.repaired, became.longer, became.in_danger) == (2, 0, 1)
    assert found.took.calls == 7
    # The server told no tokens of both calls for one question: they count as their worst case.
    assert found.took.at_most == 2
    assert found.took.tokens_out == 500 + (9 + 500) + 2 * config.answer_tokens + 10
    tokens = {"tokens_in": found.took.tokens_in, "tokens_out": found.took.tokens_out}
    assert round(found.took.costs["USD"], 9) == round(PRICE.cost(**tokens), 9)
    assert found.first_at <= found.last_at
    assert len(found.programs) == 1
    for private in ("sk-secret", "/home", "127.0.0.1", "http"):
        assert private not in repr(found)


def test_of_answers_that_came_from_elsewhere_there_is_nothing_to_tell(sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        session.add(System(name="mini", kind="api", configuration={"model": "gpt"}))
    assert told(sqlite_store) is None
