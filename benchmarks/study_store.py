"""Make a store with one open study of marked answers, by the commands that a researcher types."""

import io
import json
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from benchmarks.texts import texts
from db import urls
from pipeline.cli.serve import demo_store
from pipeline.demo.commands import Command

STUDY = "speed"
RESEARCHER = "researcher"
PASSWORD = "a-long-password"  # noqa: S105


def rater(number: int) -> str:
    return f"rater-{number}"


def make(folder: Path, *, items: int, raters: int = 1, kind: str = "rating") -> str:
    """Return the URL of a new store in the folder; each rater has every item, in another order.

    A study of distortions has at least two labellers.
    """
    if kind == "distortion":
        raters = max(raters, 2)
    questions, answers = folder / "questions.json", folder / "answers.jsonl"
    rows = texts(items)
    _write(questions, [_question(text.number, text.question, text.description) for text in rows])
    lines = [{"question_id": str(text.number), "response": text.answer} for text in rows]
    answers.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    add = ("people", "add", "--role", "rater", "--username")
    people = [Command((*add, rater(number)), stdin=PASSWORD) for number in range(raters)]
    add = (*add[:3], "researcher", "--username", RESEARCHER)
    people.append(Command(add, stdin=PASSWORD))
    create = ("study", "create", "--name", STUDY, "--kind", kind, "--systems", "system")
    create = (*create, "--sample", str(items), "--seed", "1")
    commands = [
        Command(("import", "questions", str(questions), "--source", "speed")),
        Command(("import", "responses", str(answers), "--system", "system")),
        *people,
        Command(create),
        Command(("study", "open", STUDY)),
    ]
    path = folder / "store.sqlite"
    with redirect_stderr(io.StringIO()):
        demo_store.make(path, commands, say=lambda _: None)
    return urls.of_file(path)


def _question(number: int, text: str, description: str) -> dict[str, Any]:
    return {"questionID": str(number), "question": text, "description": description}


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
