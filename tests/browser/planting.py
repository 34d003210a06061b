"""A study in which every name that a rater must never see is a fresh random word."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from db import people
from db.account_tables import Person
from db.attempt_tables import Attempt
from db.engine import Store
from db.tables import (
    Assignment,
    Base,
    Detection,
    Event,
    Gold,
    Item,
    Judgement,
    Prompt,
    Question,
    Response,
    Run,
    Study,
    System,
)
from pipeline.cli.main import main
from pipeline.study import create, lifecycle
from pipeline.study.studyfile import Plan, shipped
from tests.browser import stores
from tests.browser.stores import HASH

LETTERS = "bcdfghjklmnpqrstvwxz"  # no vowels: never part of a real word
QUESTIONS = 4
SYSTEMS = 3
RATERS = ("lin", "wu")
NUMBERED = (Run, Question, Prompt, System, Response, Person, Study, Item, Assignment, Judgement)


def word() -> str:
    return "".join(random.choices(LETTERS, k=14))  # noqa: S311


@dataclass
class Words:
    """`hidden` from every rater, `own` to one of them, `shown` to both; all by what they are."""

    hidden: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=lambda: {who: {} for who in RATERS})

    def hide(self, what: str) -> str:
        return self.hidden.setdefault(what, word())

    def show(self, what: str) -> str:
        return self.shown.setdefault(what, word())

    def of(self, rater: str, what: str) -> str:
        return self.own[rater].setdefault(f"{what} of {rater}", word())

    def kept_from(self, rater: str) -> dict[str, str]:
        """All that this rater must never receive."""
        others = [found for who, found in self.own.items() if who != rater]
        return {k: v for found in (self.hidden, *others) for k, v in found.items()}


@dataclass(frozen=True)
class Planted:
    """The store and the words. Both raters rate the study `name`, each a part of `split`.

    Both label the distortions that one system's answers point out, in the study `labels`.
    """

    store: Store
    words: Words
    name: str
    split: str
    labels: str
    usernames: dict[str, str]

    def codes(self, rater: str, study: str) -> list[str]:
        """The codes of a rater's items in the rater's order."""
        query = (
            select(Item.code)
            .join(Assignment, Assignment.item_id == Item.id)
            .join(Person, Person.id == Assignment.person_id)
            .join(Study, Study.id == Item.study_id)
            .where(Person.username == self.usernames[rater], Study.name == study)
            .order_by(Assignment.position)
        )
        with self.store.reading() as session:
            return list(session.scalars(query))


def plant(folder: Path) -> Planted:
    words = Words()
    store = stores.make(folder / f"{words.hide('store file')}.sqlite")
    _number(store, words)
    _import(store, words, folder)
    usernames = _people(store, words)
    name, split, labels = (words.show(f"{which}study") for which in ("", "split ", "labels "))
    raters = list(usernames.values())
    _study(store, words, name=name, raters=raters, repeats=0.1)
    _study(store, words, name=split, raters=raters, per_item=1)
    _study(store, words, name=words.hide("another study"), raters=[words.hidden["third rater"]])
    labelled = (words.hidden["system 0"],)
    stores.open_labelling(store, labels, raters, systems=labelled, repeats=0.25)
    _trail(store, words, name)
    _trail_of_labels(store, words, labels)
    return Planted(store, words, name, split, labels, usernames)


def _number(store: Store, words: Words) -> None:
    """Begin the ids of every table at numbers that share eleven random digits."""
    stem = random.randrange(10**10, 10**11)  # noqa: S311
    words.hidden["ids"] = str(stem)
    ids = {table: stem * 10_000 + 500 * n for n, table in enumerate(NUMBERED, 1)}
    study, item = ids[Study], ids[Item]
    texts = {"criteria": [], "guidelines": {}, "design": {}, "analysis": {}, "seed": 1}
    states = {"kind": "rating", "origin": "local", "status": "draft"}
    first: list[Base] = [
        Run(id=ids[Run], stage="s", configuration={}, code_version="1"),
        Question(id=ids[Question], source=word(), external_id=word()),
        Prompt(id=ids[Prompt], name=word(), language="zh", text=word(), content_hash=word()),
        System(id=ids[System], name=word(), kind="api"),
        Response(id=ids[Response], question_id=ids[Question], system_id=ids[System]),
        Person(id=ids[Person], pseudonym=word(), roles=[]),
        Study(id=study, name=word(), **states, **texts),
        Item(id=item, study_id=study, code=word(), question_id=ids[Question]),
        Assignment(id=ids[Assignment], study_id=study, item_id=item, person_id=ids[Person]),
        Judgement(
            id=ids[Judgement], assignment_id=ids[Assignment], revision=1, values={}, token="t"
        ),
    ]
    with store.writing() as session:
        for row in first:
            session.add(row)
            session.flush()


def _import(store: Store, words: Words, folder: Path) -> None:
    hide, show = words.hide, words.show
    url = store.engine.url.render_as_string(hide_password=False)

    def command(*given: str) -> None:
        assert not main.main([*given, "--database", url], standalone_mode=False)

    ids = [f"{hide('external id')}-{n}" for n in range(QUESTIONS)]
    questions = [
        {
            "questionID": id_,
            "question": f"第 {n} 个问题 {show('question')}：睡不着怎么办？",
            "description": f"{show('description')}，{'最近很想死' if n == 1 else '最近很累'}。" * 3,
            "keywords": hide("keyword"),
        }
        for n, id_ in enumerate(ids)
    ]
    file = folder / f"{hide('question file')}.json"
    file.write_text(json.dumps(questions, ensure_ascii=False), "utf-8")
    command("import", "questions", str(file), "--source", hide("source"))
    for system in range(SYSTEMS):
        file = folder / f"{hide(f'response file {system}')}.jsonl"
        # Three answers of one length: only their words may tell them apart.
        lines = [
            {"question_id": id_, "response": f"{show('answer')} {n}：{'慢写听'[system]}。" * 40}
            for n, id_ in enumerate(ids)
        ]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        file.write_text(text, "utf-8")
        command("import", "responses", str(file), "--system", hide(f"system {system}"))


def _people(store: Store, words: Words) -> dict[str, str]:
    usernames = {who: words.of(who, "username") for who in RATERS}
    with store.writing() as session:
        for who, username in usernames.items():
            group = words.hide(f"group of {who}")
            person = people.add(
                session, username=username, roles=["rater"], group=group, password_hash=HASH
            )
            person.pseudonym = words.of(who, "pseudonym")
        for what, role in {
            "third rater": "rater",
            "researcher": "researcher",
            "lead": "lead",
        }.items():
            people.add(
                session, username=words.hide(what), roles=[role], group=None, password_hash=HASH
            )
    return usernames


def _study(store: Store, words: Words, *, name: str, raters: Sequence[str], **plan: Any) -> None:
    systems = tuple(words.hidden[f"system {n}"] for n in range(SYSTEMS))
    guidelines = {
        language: f"{words.show('guidelines')}\n{text}"
        for language, text in (shipped().guidelines or {}).items()
    }
    create.run(
        store,
        Plan(name=name, systems=systems, raters=tuple(raters), guidelines=guidelines, **plan),
    )
    lifecycle.open_study(store, name=name)


def _trail(store: Store, words: Words, study: str) -> None:
    """Leave what generating, detecting and another rater leave behind."""
    hide = words.hide
    with store.writing() as session:
        prompt = Prompt(
            name=hide("prompt"), language="zh", text=hide("prompt text"), content_hash=hide("hash")
        )
        run = Run(
            stage=hide("stage"),
            configuration={"model": hide("model"), "adapter": hide("adapter path")},
            code_version=hide("code version"),
        )
        session.add_all([prompt, run])
        session.flush()
        for system in session.scalars(select(System).where(System.name.in_(words.hidden.values()))):
            system.prompt_id = prompt.id
            system.configuration = {"model": hide("model"), "adapter": hide("adapter")}
        responses = session.scalars(select(Response).where(Response.text.is_not(None))).all()
        for response in responses:
            response.run_id, response.reason = run.id, hide("reason")
            session.add(
                Detection(
                    detector=hide("detector"),
                    response_id=response.id,
                    presence="yes",
                    labels=[hide("label")],
                    reasons={"label": hide("reason of a label")},
                )
            )
        session.add(
            Attempt(
                run_id=run.id,
                request_hash=hide("request"),
                step="first",
                state="failed",
                model=hide("served model"),
                content=hide("raw content"),
                error=hide("error"),
                detail=hide("detail"),
                tokens_in=1,
                tokens_out=0,
            )
        )
        items = session.scalars(select(Item).join(Study).where(Study.name == study)).all()
        third = people.get(session, username=words.hidden["third rater"])
        for item in items:
            session.add(Gold(item_id=item.id, presence="yes", labels=[hide("gold")]))
            assignment = Assignment(study_id=item.study_id, item_id=item.id, person_id=third.id)
            session.add(assignment)
            session.flush()
            session.add(
                Judgement(
                    assignment_id=assignment.id,
                    revision=1,
                    values={"relevance": 0, "structure": 0, "helpfulness": 0},
                    comment=hide("another's comment"),
                    flags=[{"flag": "harmful", "reason": hide("another's reason")}],
                    token=hide("another's token"),
                )
            )
        session.add(
            Event(kind=hide("event"), study_id=items[0].study_id, details={"x": hide("details")})
        )


def _trail_of_labels(store: Store, words: Words, study: str) -> None:
    """Leave what detectors, an outside gold and another labeller say of the items."""
    hide = words.hide
    with store.writing() as session:
        items = session.scalars(select(Item).join(Study).where(Study.name == study)).all()
        third = people.get(session, username=words.hidden["third rater"])
        for item in items:
            given = {"presence": "yes", "labels": [hide("item's label")]}
            found = {"item_id": item.id, "question_id": item.question_id}
            for what, id_ in found.items():
                session.add(Detection(detector=hide(f"{what} detector"), **{what: id_}, **given))
            session.add(Gold(item_id=item.id, presence="yes", labels=[hide("item's gold")]))
            assignment = Assignment(study_id=item.study_id, item_id=item.id, person_id=third.id)
            session.add(assignment)
            session.flush()
            label = {"label": hide("another's label"), "primary": True, "spans": []}
            session.add(
                Judgement(
                    assignment_id=assignment.id,
                    revision=1,
                    values={"presence": "yes", "confidence": hide("another's confidence")},
                    labels=[label],
                    comment=hide("another labeller's comment"),
                    token=hide("another labeller's token"),
                )
            )
