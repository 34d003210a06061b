"""`cbt study` as a user runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from db import people
from db.engine import Store
from db.tables import LabelSet, Question, Response, System
from pipeline.cli.main import main
from pipeline.codebook import distortions


@pytest.fixture
def store_url(sqlite_store: Store) -> str:
    """The URL of a store with 12 questions, two systems and two raters."""
    with sqlite_store.writing() as session:
        systems = [System(name="baseline", kind="local"), System(name="tuned", kind="local")]
        questions = [
            Question(source="demo", external_id=str(n), text=f"问题{n}", content_hash=str(n))
            for n in range(12)
        ]
        session.add_all([*systems, *questions])
        session.flush()
        session.add_all(
            Response(question_id=question.id, system_id=system.id, text="慢慢来，会好的。")
            for question in questions
            for system in systems
        )
        for name in ("li", "wang"):
            people.add(
                session, username=name, roles=["rater"], group="therapist", password_hash=None
            )
    return f"sqlite:///{sqlite_store.name}"


def study(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["study", *arguments, "--database", url])


def as_json(url: str, *arguments: str) -> dict[str, Any]:
    done = study(url, *arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


CREATE = ("create", "--name", "pilot", "--systems", "baseline,tuned", "--seed", "7")


def test_a_study_goes_from_creation_to_unblinding(store_url: str) -> None:
    made = as_json(store_url, *CREATE, "--sample", "10", "--repeats", "0.05")
    assert {key: made[key] for key in ("study", "items", "raters", "assignments")} == {
        "study": "pilot",
        "items": 21,
        "raters": 2,
        "assignments": 42,
    }
    assert made["design"]["largest_imbalance"].keys() == {"name", "share"}
    assert as_json(store_url, "open", "pilot")["warnings"] == []
    status = as_json(store_url, "status", "pilot")
    assert (
        status.items()
        >= {
            "study": "pilot",
            "status": "open",
            "kind": "rating",
            "items": 21,
            "systems": ["S1", "S2"],
            "answered": 0,
            "assigned": 42,
            "unblinded": False,
        }.items()
    )
    assert [rater["group"] for rater in status["raters"]] == ["therapist", "therapist"]
    assert as_json(store_url, "close", "pilot")["status"] == "closed"
    systems = as_json(store_url, "unblind", "pilot")["systems"]
    assert sorted(systems.values()) == ["baseline", "tuned"]
    assert as_json(store_url, "status")["studies"][0]["unblinded"] is True


def test_a_person_reads_what_was_drawn_and_what_to_do_next(store_url: str) -> None:
    done = study(store_url, *CREATE)
    assert done.stdout.splitlines() == [
        "made the study pilot: rating, a draft, seed 7",
        "12 of 12 questions × 2 systems: 24 items",
        "2 raters: 48 assignments, 24 for each (12 of each system)",
        "two raters share 12 questions",
        "answers to one question: at least 6 places apart",
        *done.stdout.splitlines()[5:7],
        "next: cbt study open pilot",
    ]
    assert done.stderr.startswith("note: answers to one question come 6 places apart, not 10")


def test_a_person_sees_how_far_the_raters_are(store_url: str) -> None:
    study(store_url, *CREATE)
    lines = study(store_url, "status", "pilot").stdout.splitlines()
    assert lines[:3] == [
        "pilot: rating, draft, blinded",
        "24 items; systems: S1, S2",
        "0 of 48 assignments are answered",
    ]
    assert lines[4].split() == ["rater", "group", "answered", "assigned", "last", "at", "(UTC)"]
    assert all(line.startswith("P-") for line in lines[5:])
    assert "li" not in "".join(line.split()[0] for line in lines[5:])
    assert study(store_url, "status").stdout.splitlines()[1].split() == [
        *("pilot", "rating", "draft", "24", "2", "0", "of", "48"),
    ]


def test_without_raters_the_message_says_what_to_do(store_url: str) -> None:
    done = study(store_url, *CREATE, "--raters", "")
    assert "there are no raters yet: add them with 'cbt people add'" in done.stderr
    refused = study(store_url, "open", "pilot")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "then run 'cbt study assign pilot'" in refused.stderr
    assigned = as_json(store_url, "assign", "pilot", "--raters", "wang")
    assert (assigned["raters"], assigned["assignments"], len(assigned["added"])) == (1, 24, 1)
    assert study(store_url, "open", "pilot").stdout == "pilot is open: 24 items, 1 rater\n"


def test_opening_warns_of_answers_that_tell_their_origin(
    store_url: str, sqlite_store: Store
) -> None:
    with sqlite_store.writing() as session:
        response = session.get_one(Response, 1)
        response.text = "我是 Tuned，由 OpenAI 训练。"
    study(store_url, *CREATE)
    done = study(store_url, "open", "pilot", "--json")
    assert done.stderr.startswith("warning: 1 answer names a model, its maker or a system;")
    assert json.loads(done.stdout)["warnings"] == [
        {"question_id": "0", "found": ["OpenAI", "a system of this study"]}
    ]
    assert done.stderr.splitlines()[1:] == ["  question 0: OpenAI, a system of this study"]


def test_what_a_blinded_study_prints_does_not_hang_on_the_draw_of_its_codes(
    store_url: str,
) -> None:
    told = set()
    for n in range(6):  # all six the same draw: 1 in 32
        name = f"study-{n}"
        study(store_url, *CREATE, "--name", name, "--repeats", "0.1")
        study(store_url, "open", name)
        status = as_json(store_url, "status", name)
        times = ("created_at", "opened_at", "study")
        told.add(json.dumps({key: status[key] for key in status if key not in times}))
        assert "tuned" not in str(status)
    assert len(told) == 1


def test_repeats_that_come_to_none_are_told(store_url: str) -> None:
    made = as_json(store_url, *CREATE, "--sample", "4", "--repeats", "0.05")
    assert "no repeats: 5 % of 8 items is less than one" in made["warnings"]
    made = as_json(store_url, *CREATE, "--name", "b", "--sample", "5", "--repeats", "0.05")
    assert made["design"]["repeats"] == 1
    assert not any("repeats:" in warning for warning in made["warnings"])


def test_raters_who_share_no_question_are_told(store_url: str, sqlite_store: Store) -> None:
    with sqlite_store.writing() as session:
        for name in ("zhao", "qian"):
            people.add(session, username=name, roles=["rater"], group=None, password_hash=None)
    made = as_json(store_url, *CREATE, "--sample", "4", "--per-item", "2")
    told = "2 pairs of raters share no question, so they have no agreement of their own"
    assert told in made["warnings"]
    again = study(store_url, "assign", "pilot", "--raters", "li,wang,zhao", "--per-item", "2")
    assert "share" not in again.stderr
    again = study(store_url, "assign", "pilot", "--per-item", "1")
    assert again.stderr.startswith("note: no two raters judge the same item")
    made = as_json(store_url, *CREATE, "--name", "b", "--sample", "5", "--per-item", "2")
    assert (
        "1 pair of raters shares no question, so it has no agreement of its own" in made["warnings"]
    )


def test_an_option_counts_more_than_the_study_file(store_url: str, tmp_path: Path) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("1\n2\n3\n4\n")
    file = tmp_path / "study.toml"
    file.write_text(
        'name = "pilot"\nsystems = ["baseline"]\nsample = 3\nseed = 5\n[frame]\nids = "ids.txt"\n'
    )
    made = as_json(store_url, "create", "--file", str(file), "--name", "own", "--sample", "2")
    assert (made["study"], made["items"], made["seed"]) == ("own", 2, 5)
    assert made["frame"]["questions"] == 4


def test_the_shipped_file_can_be_printed_and_used(store_url: str, tmp_path: Path) -> None:
    printed = study(store_url, "create", "--print-file")
    file = tmp_path / "study.toml"
    file.write_text(printed.stdout, "utf-8")
    made = as_json(store_url, *CREATE, "--file", str(file))
    assert made["items"] == 24


LABELS = ("create", "--name", "labels", "--kind", "distortion", "--seed", "7")


def test_a_distortion_study_says_what_was_drawn_and_what_to_do_next(store_url: str) -> None:
    done = study(store_url, *LABELS)
    assert done.stdout.splitlines() == [
        "made the study labels: distortion, a draft, seed 7",
        "12 of 12 questions: 12 items",
        f"labels: distortions, version {distortions.shipped().version}",
        "2 raters: 24 assignments, 12 for each",
        "two raters share 12 questions",
        "largest imbalance: 0.0% (items for one rater)",
        "next: cbt study open labels",
    ]
    assert done.stderr == (
        "note: there are fewer than the usual 500 questions; the study takes all 12\n"
    )
    assert study(store_url, "open", "labels").stdout == "labels is open: 12 items, 2 raters\n"
    closed = study(store_url, "close", "labels").stdout.splitlines()
    assert closed[1] == "next: cbt study adjudicate labels"
    refused = study(store_url, "unblind", "labels")
    assert refused.stderr == (
        "cbt: study labels is about questions only; it has no systems to name\n"
    )


def test_a_study_of_one_systems_answers_with_repeats_has_no_answers_to_keep_apart(
    store_url: str,
) -> None:
    made = as_json(store_url, *LABELS, "--systems", "tuned", "--repeats", "0.25", "--sample", "12")
    assert (made["items"], made["design"]["answer_gap"]) == (15, None)
    (note,) = made["warnings"]
    assert note.startswith("repeats come ")


def test_a_distortion_study_without_overlap_is_not_opened_and_says_so_before(
    store_url: str,
) -> None:
    done = study(store_url, *LABELS, "--sample", "4", "--per-item", "1")
    assert done.stderr.splitlines() == [
        "note: no two raters judge the same item, so agreement cannot be computed",
        "note: it stays a draft until each item has two raters, whose labels are compared",
    ]
    assert "next:" not in done.stdout
    refused = study(store_url, "open", "labels", "--json")
    error = json.loads(refused.stdout)["error"]
    assert (refused.exit_code, error["code"]) == (1, "no_overlap")
    assert error["message"].endswith("run 'cbt study assign labels --per-item 2'")
    assert as_json(store_url, "assign", "labels", "--per-item", "2")["assignments"] == 8
    assert study(store_url, "open", "labels").exit_code == 0


def test_a_distortion_study_labels_the_answers_of_one_system_only(store_url: str) -> None:
    done = study(store_url, *LABELS, "--systems", "baseline,tuned")
    assert (done.exit_code, done.stderr) == (
        1,
        "cbt: a distortion study labels the questions, or the answers of one system, not of 2;"
        " create one study for each of baseline, tuned\n",
    )


def test_the_status_names_the_codebook_and_what_has_changed_since(
    store_url: str, sqlite_store: Store
) -> None:
    study(store_url, *LABELS)
    version = distortions.shipped().version
    lines = study(store_url, "status", "labels").stdout.splitlines()
    assert lines[:3] == [
        "labels: distortion, draft",
        "12 items; systems: none",
        f"labels: distortions, version {version}",
    ]
    assert as_json(store_url, "status", "labels")["label_set"] == {
        "name": "distortions",
        "version": version,
        "changes": {},
    }
    with sqlite_store.writing() as session:
        kept = session.scalars(select(LabelSet)).one()
        older = [dict(label) for label in kept.labels if label["id"] != "blaming_others"]
        older[0]["definition"] = {"zh": "旧", "en": "Old"}
        kept.labels = older
    assert (
        "the codebook has changed since; the study keeps its own version:"
        f" {older[0]['id']} (changed), blaming_others (new)"
    ) in study(store_url, "status", "labels").stdout
    changes = as_json(store_url, "status", "labels")["label_set"]["changes"]
    assert changes == {older[0]["id"]: "changed", "blaming_others": "new"}


def test_the_shipped_file_for_labelling_can_be_printed_and_used(
    store_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "study.toml"
    printed = study(store_url, "create", "--print-file", "--kind", "distortion")
    file.write_text(printed.stdout.replace('on = ["presence", ', 'on = ["primary", '), "utf-8")
    made = as_json(store_url, "create", "--file", str(file), "--name", "own", "--sample", "3")
    assert (made["kind"], made["items"]) == ("distortion", 3)
    design = as_json(store_url, "status", "own")["design"]
    assert design["adjudication"] == {"on": ["primary", "labels", "cannot_tell"], "agreed": 0.1}


@pytest.mark.parametrize("command", [("results",), ("export", "ratings", "--out", "x.csv")])
def test_a_command_for_ratings_says_which_one_is_for_labels(
    store_url: str, command: tuple[str, ...]
) -> None:
    study(store_url, *LABELS)
    done = CliRunner().invoke(main, [*command, "--study", "labels", "--database", store_url])
    assert (done.exit_code, done.stderr) == (
        1,
        "cbt: labels is a distortion study, which has labels and no ratings: 'cbt export gold'"
        " writes them, and 'cbt detection-quality' measures a detector against them\n",
    )


def test_a_known_error_is_one_sentence_and_one_object(store_url: str) -> None:
    study(store_url, *CREATE)
    done = study(store_url, *CREATE, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["error"] == {
        "code": "already_known",
        "message": "there is a study pilot already; choose another name",
        "rows": [],
    }
    plain = study(store_url, "unblind", "pilot")
    assert (plain.exit_code, plain.stdout) == (1, "")
    assert plain.stderr.startswith("cbt: study pilot is a draft; a study is unblinded after")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "--systems", "tuned"), "a study needs a name: --name N"),
        (("create", "--name", "x"), "a rating study needs --systems A,B"),
        (("create", "--name", "x", "--systems", "tuned,tuned"), "tuned is named more than once"),
        (
            ("create", "--name", "x", "--systems", "tuned", "--split", "main"),
            "--split and --subset go together",
        ),
        (("create", "--name", "x", "--systems", "tuned", "--sample", "0"), "not in the range"),
        (("create", "--name", "x", "--systems", "tuned", "--repeats", "2"), "not in the range"),
        (("create", "--name", "x", "--kind", "ranking"), "is not one of 'rating', 'distortion'"),
        (("open",), "which study?"),
    ],
)
def test_wrong_usage_ends_with_code_2_and_stores_nothing(
    store_url: str, arguments: tuple[str, ...], sentence: str
) -> None:
    done = study(store_url, *arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert as_json(store_url, "status") == {"studies": []}


def test_a_store_without_studies_says_how_to_make_one(store_url: str) -> None:
    assert study(store_url, "status").stdout == "no studies yet; 'cbt study create' makes one\n"
