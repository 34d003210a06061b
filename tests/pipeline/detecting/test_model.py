"""A model looks at each text once; what it finds is kept, and what it cannot tell is not."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from db.attempt_tables import Attempt
from db.engine import Store
from db.errors import NotAllowed, NotKnown
from db.selections import Selection
from db.tables import Item, LabelSet, Prompt, Question, Run
from pipeline.calling.asking import Model
from pipeline.calling.prices import Price
from pipeline.calling.work import Limits, Progress
from pipeline.detecting.model import run
from pipeline.detecting.plan import plan
from pipeline.detecting.wanted import Looked, Looking
from pipeline.detection_quality.scoring import QualityOf
from pipeline.detection_quality.scoring import run as quality
from tests.batch_server import batch_server
from tests.model_server import Answer, ModelServer, Script, model_server
from tests.pipeline.detected import detect
from tests.pipeline.labels import SOURCE, codes, give, make_label_study
from tests.pipeline.looked import (
    ANSWERS,
    ASKED,
    MIND,
    OVER,
    add_texts,
    asked_about,
    finding,
    saying,
    sensible,
    stored,
)


def looking(server: ModelServer, **options: Any) -> Looking:
    settings = {
        "detector": "m",
        "model": Model("m", server.url, temperature=0.0),
        "limits": Limits(concurrency=4, tries=2),
    }
    return Looking(**(settings | options))


def ignore(_: Progress) -> None:
    """Nobody watches."""


def look(store: Store, script: Script = sensible, **options: Any) -> tuple[Looked, ModelServer]:
    with model_server(script) as server:
        done = run(store, looking(server, **options), key="sk-secret", tell=ignore)
    return done, server


def test_what_a_model_finds_in_answers_is_kept_with_its_words_and_reasons(store: Store) -> None:
    ids = add_texts(store)
    done, server = look(store)
    assert (done.of, done.output, done.read, done.added, done.known) == (
        "responses",
        "schema",
        3,
        3,
        0,
    )
    assert (done.present, done.labels, done.failed) == (2, {OVER: 1, MIND: 1}, 0)
    assert done.quotes_dropped == 1
    assert (done.calls, done.tokens_in, done.tokens_out) == (3, 300, 150)
    found = {each.response_id: each for each in stored(store)}
    assert [found[id_].presence for id_ in ids] == ["yes", "yes", "no"]
    assert found[ids[0]].reasons == {OVER: {"reason": "原文这样说", "quotes": ["总是"]}}
    assert found[ids[1]].reasons == {MIND: {"reason": "原文这样说", "quotes": []}}
    assert {each.detector for each in found.values()} == {"m"}
    assert all(each.question_id is None for each in found.values())
    with store.reading() as session:
        record = session.get_one(Run, done.run)
        assert session.get_one(LabelSet, found[ids[0]].label_set_id).name == "distortions"
        assert session.scalars(select(Prompt.name)).all() == ["distortions-zh"]
        assert {each.response_id for each in session.scalars(select(Attempt))} == set(ids)
    settings = record.configuration
    assert (settings["method"], settings["output"], settings["temperature"]) == (
        "model",
        "schema",
        0,
    )
    assert "sk-secret" not in repr(settings)
    body = server.asked[0]
    assert body["temperature"] == 0
    assert body["response_format"]["type"] == "json_schema"
    asked = sorted(asked_about(each) for each in server.asked)
    assert all(any(answer in each for each in asked) for answer in ANSWERS.values())


def test_a_second_run_asks_about_what_is_new_alone(sqlite_store: Store) -> None:
    add_texts(sqlite_store)
    first, _ = look(sqlite_store, selection=Selection(limit=2))
    assert (first.read, first.added) == (2, 2)
    second, server = look(sqlite_store)
    assert (second.read, second.known, second.added, second.present) == (3, 2, 1, 2)
    assert len(server.asked) == 1
    again, server = look(sqlite_store)
    assert (again.known, again.added, again.present, again.run) == (3, 0, 2, None)
    assert (again.output, again.labels) == ("schema", {OVER: 1, MIND: 1})
    assert server.asked == []


def test_questions_are_looked_at_without_anybodys_answer(sqlite_store: Store) -> None:
    add_texts(sqlite_store)
    done, server = look(sqlite_store, of="questions")
    assert (done.of, done.added, done.present) == ("questions", 3, 2)
    found = stored(sqlite_store)
    assert sorted(each.question_id or 0 for each in found) == [1, 2, 3]
    assert all(each.response_id is None for each in found)
    for body in server.asked:
        said = asked_about(body)
        assert any(text in said for text in ASKED.values())
        assert not any(answer in said for answer in ANSWERS.values())
    with pytest.raises(NotAllowed, match="questions are no system's; leave out --system"):
        look(sqlite_store, of="questions", system="A")


def test_a_reply_that_cannot_be_read_is_mended_once_by_the_model(sqlite_store: Store) -> None:
    add_texts(sqlite_store)
    first = finding(OVER, presence="no")
    done, server = look(sqlite_store, saying(first, finding(OVER)), selection=Selection(limit=1))
    assert (done.added, done.failed, done.calls) == (1, 0, 2)
    said, mend = server.asked[1]["messages"][-2:]
    assert said == {"role": "assistant", "content": first}
    assert "前后矛盾" in mend["content"]
    assert stored(sqlite_store)[0].labels == [OVER]


def test_what_cannot_be_read_at_all_is_not_run_and_asked_about_again(sqlite_store: Store) -> None:
    add_texts(sqlite_store)
    vague = '{"presence": "maybe", "distortions": []}'
    done, _ = look(sqlite_store, saying(vague, vague), selection=Selection(limit=1))
    assert (done.added, done.failed, done.present) == (0, 1, 0)
    assert done.reasons == {"the reply's presence is none of yes, no and cannot_tell": 1}
    assert stored(sqlite_store) == []
    again, _ = look(sqlite_store, selection=Selection(limit=1))
    assert (again.known, again.added) == (0, 1)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(None, refusal="我不能看这段文字。"), "the model refused"),
        (Answer("", finish_reason="content_filter"), "the server's filter kept the answer back"),
    ],
)
def test_a_model_that_refuses_has_not_found_nothing(
    sqlite_store: Store, answer: Answer, reason: str
) -> None:
    add_texts(sqlite_store)
    done, server = look(sqlite_store, saying(answer), selection=Selection(limit=1))
    assert (done.added, done.failed, done.reasons) == (0, 1, {reason: 1})
    assert len(server.asked) == 1
    assert stored(sqlite_store) == []


def test_a_finding_that_is_cut_off_gets_more_room_once(sqlite_store: Store) -> None:
    add_texts(sqlite_store)
    cut = Answer('{"distortions": [{"quote": "', finish_reason="length")
    done, server = look(sqlite_store, saying(cut), selection=Selection(limit=1))
    assert (done.added, done.calls) == (1, 2)
    assert [body["max_tokens"] for body in server.asked] == [1000, 2000]


def test_a_server_without_schemas_is_asked_in_text_and_the_name_is_bound_to_that(
    sqlite_store: Store,
) -> None:
    add_texts(sqlite_store)
    refused = Answer(status=400, body=b'{"error": {"message": "response_format is not supported"}}')

    def script(body: Any) -> Answer:
        return refused if "response_format" in body else sensible(body)

    done, server = look(sqlite_store, script)
    assert (done.output, done.added) == ("text", 3)
    assert sum("response_format" in body for body in server.asked) == 1
    add_texts(sqlite_store, system="B", source="r")
    again, server = look(sqlite_store, script)
    assert (again.added, len(server.asked)) == (3, 3)
    with pytest.raises(NotAllowed, match="output text → schema"):
        look(sqlite_store, script, output="schema")


def test_a_name_is_bound_to_the_configuration_of_its_first_finding(sqlite_store: Store) -> None:
    add_texts(sqlite_store)
    look(sqlite_store, selection=Selection(limit=1))
    other = {"model": Model("n", "http://other.example/v1", temperature=0.5)}
    with pytest.raises(NotAllowed) as refused:
        look(sqlite_store, prompt="distortions-en", **other)
    for differs in ("model m → n", "prompt distortions-zh → distortions-en",
                    "temperature 0.0 → 0.5", "server 127.0.0.1 → other.example"):  # fmt: skip
        assert differs in refused.value.message
    assert "name another --detector" in refused.value.message
    done, _ = look(sqlite_store, detector="m in English", prompt="distortions-en")
    assert (done.known, done.added) == (0, 3)


def test_a_name_that_stands_for_other_findings_is_refused(sqlite_store: Store) -> None:
    make_label_study(sqlite_store, questions=1)
    detect(sqlite_store, "pred", {1: [OVER]})
    for name in ("lexicon", "import:A", "generate:A", "pred"):
        with pytest.raises(NotAllowed, match="another --detector"):
            look(sqlite_store, detector=name, of="questions")
    with pytest.raises(NotAllowed, match="one line"):
        look(sqlite_store, detector="a\nb", of="questions")


def test_a_study_is_all_that_scoring_needs_and_both_places_count_for_it(
    sqlite_store: Store,
) -> None:
    """Of questions, what they show; of a system, what its answers to them name."""
    add_texts(sqlite_store, source=SOURCE)
    make_label_study(sqlite_store, questions=list(ASKED), name="gold")
    label_rightly(sqlite_store, "gold")
    shown, server = look(sqlite_store, study="gold")
    assert (shown.of, shown.added, len(server.asked)) == ("questions", 3, 3)
    named, _ = look(sqlite_store, study="gold", system="A", detector="of answers")
    assert (named.of, named.added) == ("responses", 3)
    own = quality(sqlite_store, QualityOf("gold", detector="m"))
    assert (own.places, own.n, own.comparison.figures["accuracy"].value) == (
        {"question": 3},
        3,
        1.0,
    )
    both = quality(sqlite_store, QualityOf("gold", detector="of answers", against="m", system="A"))
    assert both.places == {"system": 3}
    assert both.versus is not None
    assert both.versus.tests["accuracy"].n_discordant == 0
    with pytest.raises(NotKnown, match="there is no study nothing"):
        look(sqlite_store, study="nothing")


def label_rightly(store: Store, study: str) -> None:
    """Let both labellers say what there is to be found in each question."""
    with store.reading() as session:
        query = select(Item.code, Question.text).join(Question, Question.id == Item.question_id)
        texts = dict(session.execute(query).all())
    there = {"又搞砸了": [OVER], "同事没回消息": [MIND]}
    for code in codes(store, study):
        labels = there.get(texts[code] or "", [])
        for username in ("li", "wang"):
            give(store, study, username, code, "yes" if labels else "no", labels)


def test_what_a_run_would_take_is_told_without_a_call(sqlite_store: Store) -> None:
    add_texts(sqlite_store)
    with model_server(sensible) as server:
        config = looking(server, limits=Limits(price=Price(1.0, 2.0, "USD")))
        by_rule = plan(sqlite_store, config)
        assert server.asked == []
        run(sqlite_store, replace(config, selection=Selection(limit=2)), key=None, tell=ignore)
        measured = plan(sqlite_store, config)
    assert (by_rule.planned, by_rule.known, by_rule.takes.measured) == (3, 0, 0)
    assert by_rule.takes.cost is not None
    assert by_rule.takes.most_cost is not None
    assert 0 < by_rule.takes.cost.low < by_rule.takes.cost.high < by_rule.takes.most_cost
    assert (measured.planned, measured.known, measured.takes.measured) == (1, 2, 2)
    assert measured.takes.tokens_out.low <= 50 <= measured.takes.tokens_out.high


def test_texts_that_are_not_there_and_prompts_for_answers_are_refused(sqlite_store: Store) -> None:
    with pytest.raises(
        NotKnown, match="there are no such responses to look at; run 'cbt generate'"
    ):
        look(sqlite_store)
    with pytest.raises(NotKnown, match="no such questions to look at; run 'cbt import questions"):
        look(sqlite_store, of="questions")
    with pytest.raises(NotAllowed, match="the prompt cbt-zh seeks no distortions"):
        look(sqlite_store, prompt="cbt-zh")


def test_a_batch_job_of_an_earlier_run_is_collected_and_nothing_is_bought_twice(
    sqlite_store: Store,
) -> None:
    """The second run is about one text only, and the job of the first one was about all."""
    add_texts(sqlite_store)
    limits = Limits(wait=False, look_seconds=(0.01, 0.01))
    with batch_server(sensible) as server:
        config = Looking("m", Model("m", server.url, temperature=0.0), batch=True, limits=limits)
        sent = run(sqlite_store, config, key=None, tell=ignore)
        assert (sent.added, sent.out, sent.planned) == (0, 3, 3)
        planned = plan(sqlite_store, config)
        assert (planned.planned, planned.out) == (0, 3)
        live = run(sqlite_store, replace(config, batch=False), key=None, tell=ignore)
        assert (live.planned, live.out, live.calls) == (0, 3, 0)
        warm = replace(config, model=replace(config.model, temperature=0.7))
        with pytest.raises(NotAllowed, match=r"temperature 0\.0 → 0\.7"):
            run(sqlite_store, warm, key=None, tell=ignore)
        narrow = replace(config, selection=Selection(limit=1), limits=replace(limits, wait=True))
        got = run(sqlite_store, narrow, key=None, tell=ignore)
        assert (got.read, got.added, got.out) == (1, 3, 0)
        again = run(sqlite_store, narrow, key=None, tell=ignore)
        assert (again.known, again.calls) == (1, 0)
        assert len(server.bought) == 3
    labels = {each.response_id: each.labels for each in stored(sqlite_store)}
    assert sorted(map(str, labels.values())) == sorted(map(str, ([], [MIND], [OVER])))
