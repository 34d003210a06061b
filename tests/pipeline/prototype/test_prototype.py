"""A model's answer becomes an example only after a person saw it; the model is a real server."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from db.attempt_tables import Attempt
from db.engine import Store
from db.errors import NotAllowed, NotCalled, NotKnown
from db.tables import Event, Prompt, Question
from pipeline.calling.asking import Model
from pipeline.calling.work import Limits
from pipeline.cli.prompt.prototype import judge
from pipeline.parts import PARTS
from pipeline.prompts.library import find, stored
from pipeline.prompts.prompt import Example
from pipeline.prototype.prototype import Proposed, Prototyping, accept, reject, run
from tests.model_server import Answer, ModelServer, model_server

ANSWER = find(None, "cbt-zh").example


def content(**changes: Any) -> str:
    assert ANSWER
    assert ANSWER.parts
    named = [{"id": each.id, "reason": each.reason} for each in ANSWER.distortions]
    return json.dumps({"distortions": named, **ANSWER.parts, **changes}, ensure_ascii=False)


def answering(text: str) -> Callable[[Mapping[str, Any]], Answer]:
    return lambda _asked: Answer(text)


@pytest.fixture
def asked(sqlite_store: Store) -> Store:
    """A store with one question that fits an example."""
    with sqlite_store.writing() as session:
        session.add(
            Question(
                source="forum",
                external_id="17",
                text="朋友不回消息了",
                description=ANSWER and ANSWER.description + " \r\n ",
                content_hash="h17",
            )
        )
    return sqlite_store


def propose(store: Store, server: ModelServer, **how: Any) -> Proposed:
    model = Model("strong", server.url)
    return run(
        store,
        Prototyping("cbt-zh", model, **how),
        key="sk-secret",
        judge=judge,
        tell=lambda _progress: None,
    )


def rows(store: Store, table: type) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_answer_is_proposed_and_nothing_changes_but_the_journal(asked: Store) -> None:
    with model_server(answering(content())) as server:
        proposed = propose(asked, server)
    found = proposed.proposal
    assert (found.source, found.external_id, found.model) == ("forum", "17", "strong")
    assert not found.problems
    assert found.example
    assert found.example.parts == (ANSWER and ANSWER.parts)
    assert not proposed.known
    assert (rows(asked, Attempt), rows(asked, Prompt), rows(asked, Event)) == (1, 0, 0)
    roles = [message["role"] for message in server.asked[0]["messages"]]
    assert roles == ["system", "user"], "the prompt that is sent has no example"
    assert "response_format" in server.asked[0]


def test_an_accepted_answer_makes_a_version_that_tells_where_it_is_from(asked: Store) -> None:
    with model_server(answering(content())) as server:
        found = propose(asked, server, seed=4).proposal
    made = accept(asked, found.id, name="cbt-zh", judge=judge)
    with asked.reading() as session:
        assert find(session, "cbt-zh") == made
        assert find(session, f"cbt-zh@{made.version}") == made
    assert made.example
    assert made.example.origin
    origin = made.example.origin
    assert (origin.by, origin.model, origin.source) == ("model", "strong", "forum")
    assert (origin.question, origin.seed) == ("17", 4)
    assert made.example.question == "朋友不回消息了"
    assert [each.id for each in made.example.distortions] == ["mind_reading"]
    assert made.with_example(None) == find(None, "cbt-zh").with_example(None)
    with pytest.raises(NotAllowed, match=f"was accepted, as cbt-zh@{made.version}; nothing was"):
        accept(asked, found.id, name="cbt-zh", judge=judge)
    assert rows(asked, Prompt) == 1


def test_the_same_request_is_not_bought_again_unless_it_was_rejected(asked: Store) -> None:
    with model_server(answering(content())) as server:
        first = propose(asked, server).proposal
        again = propose(asked, server)
        assert (again.known, again.proposal.id, len(server.asked)) == (True, first.id, 1)
        reject(asked, first.id, name="cbt-zh", judge=judge)
        new = propose(asked, server)
        assert (new.known, len(server.asked)) == (False, 2)
        propose(asked, server, seed=1)
        assert len(server.asked) == 3
    with pytest.raises(NotAllowed, match="proposal 1 was rejected; nothing was changed"):
        accept(asked, first.id, name="cbt-zh", judge=judge)
    assert rows(asked, Prompt) == 0


def test_a_second_proposal_is_taken_after_a_first_one(asked: Store) -> None:
    with model_server(answering(content())) as server:
        first = propose(asked, server).proposal
        other = propose(asked, server, seed=1).proposal
    accept(asked, first.id, name="cbt-zh", judge=judge)
    made = accept(asked, other.id, name="cbt-zh", judge=judge)
    with asked.reading() as session:
        assert find(session, "cbt-zh") == made


def test_an_answer_without_all_parts_can_be_no_example(asked: Store) -> None:
    with model_server(answering(content(challenge=""))) as server:
        found = propose(asked, server).proposal
    assert found.example is None
    assert found.problems
    with pytest.raises(NotAllowed, match=f"proposal {found.id} cannot be an example: .+"):
        accept(asked, found.id, name="cbt-zh", judge=judge, anyway=True)


def test_one_that_names_itself_is_taken_only_when_a_person_insists(asked: Store) -> None:
    said = ((ANSWER and ANSWER.parts) or {})["encouragement"]
    named = content(encouragement=f"作为一个AI语言模型，我陪着你。{said}")
    with model_server(answering(named)) as server:
        found = propose(asked, server).proposal
    assert "names_itself" in [problem.code for problem in found.problems]
    with pytest.raises(NotAllowed, match=r"should be no example: .*--anyway takes it all the"):
        accept(asked, found.id, name="cbt-zh", judge=judge)
    assert accept(asked, found.id, name="cbt-zh", judge=judge, anyway=True).example


def test_a_server_without_schemas_is_asked_for_text(asked: Store) -> None:
    def script(body: Mapping[str, Any]) -> Answer:
        if "response_format" in body:
            error = {"error": {"message": "response_format is not supported", "code": 400}}
            return Answer(status=400, body=json.dumps(error).encode())
        shown = find(None, "cbt-zh").messages(question="", description="", structured=False)
        return Answer(shown[2]["content"])

    with model_server(script) as server:
        found = propose(asked, server).proposal
    assert found.example
    assert tuple(found.example.parts or ()) == PARTS
    reasons = {each.id: each.reason for each in found.example.distortions}
    assert set(reasons) == {"mind_reading"}
    assert "读心术" in reasons["mind_reading"], "the sentence that names it is its reason"
    assert accept(asked, found.id, name="cbt-zh", judge=judge).example


def test_a_prompt_whose_texts_have_changed_takes_no_old_answer(asked: Store) -> None:
    with asked.writing() as session:
        stored(session, replace(find(None, "cbt-zh"), name="own"))
    with model_server(answering(content())) as server:
        config = Prototyping("own", Model("strong", server.url))
        found = run(asked, config, key=None, judge=judge, tell=lambda _: None).proposal
    with pytest.raises(NotAllowed, match=f"proposal {found.id} is for own, not for cbt-zh"):
        accept(asked, found.id, name="cbt-zh", judge=judge)
    with asked.writing() as session:
        session.query(Prompt).delete()
    with pytest.raises(NotAllowed, match="texts of own are no longer those"):
        accept(asked, found.id, name="own", judge=judge)


def test_what_cannot_be_asked_is_refused_before_anything_is_spent(asked: Store) -> None:
    with model_server(answering(content())) as server:
        model = Model("strong", server.url)
        for config, says in (
            (Prototyping("nothing", model), "there is no prompt nothing"),
            (Prototyping("distortions-zh", model), "the prompt distortions-zh asks for no answers"),
            (Prototyping("cbt-en", model), "no question fits a worked example: 1 in another"),
            (Prototyping("cbt-zh", model, source="x"), "there is no source x; there is forum"),
            (Prototyping("cbt-zh", model, limits=Limits(max_tokens=5)), "leaves no room"),
        ):
            with pytest.raises((NotKnown, NotAllowed), match=says):
                run(asked, config, key=None, judge=judge, tell=lambda _: None)
        assert server.asked == []
    with pytest.raises(NotKnown, match="there is no proposal 99; there is none yet"):
        accept(asked, 99, name="cbt-zh", judge=judge)


def test_a_wrong_key_is_one_sentence_without_the_key(asked: Store) -> None:
    def script(_body: Mapping[str, Any]) -> Answer:
        error = {"error": {"message": "Incorrect API key provided: sk-secret"}}
        return Answer(status=401, body=json.dumps(error).encode())

    with model_server(script) as server, pytest.raises(NotCalled) as refused:
        propose(asked, server)
    assert "sk-secret" not in refused.value.message
    assert rows(asked, Prompt) == 0


def test_a_plain_prompt_takes_the_whole_answer(asked: Store) -> None:
    text = (find(None, "plain-zh").example or Example("", "")).answer or ""
    with model_server(answering(text)) as server:
        config = Prototyping("plain-zh", Model("strong", server.url))
        found = run(asked, config, key=None, judge=judge, tell=lambda _: None).proposal
    made = accept(asked, found.id, name="plain-zh", judge=judge)
    assert made.example
    assert made.example.answer == text
