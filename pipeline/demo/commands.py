"""The commands that make the demo store, as a user would type them."""

import shlex
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SYSTEMS = ("demo-five-part", "demo-kind", "demo-weak")
STUDY = "demo"
LABELS = "demo-labels"
SEED = 2024
PASSWORD = "demo-only"  # noqa: S105  # printed for everyone: the demo is served on this machine only


@dataclass(frozen=True)
class DemoPerson:
    username: str
    role: str
    group: str


@dataclass(frozen=True)
class Command:
    """One `cbt` command, with what is typed into it."""

    words: tuple[str, ...]
    stdin: str = ""

    @property
    def shown(self) -> str:
        """The command as it can be pasted into a shell."""
        line = shlex.join(("cbt", *self.words))
        return f"echo {shlex.quote(self.stdin)} | {line}" if self.stdin else line


PEOPLE = (
    DemoPerson("therapist", "rater", "therapist"),
    DemoPerson("therapist-2", "rater", "therapist"),
    DemoPerson("student", "rater", "student"),
    DemoPerson("student-2", "rater", "student"),
    DemoPerson("labeller", "rater", "therapist"),
    DemoPerson("labeller-2", "rater", "therapist"),
    DemoPerson("lead", "lead", "therapist"),
    DemoPerson("researcher", "researcher", "staff"),
)
RATERS = ("therapist", "therapist-2", "student", "student-2")
LABELLERS = ("labeller", "labeller-2")


def commands() -> list[Command]:
    """Return the commands in their order."""
    return [*stock(), *_rating(), *_labelling()]


def stock() -> list[Command]:
    """Return the commands that fill a store with questions, answers and people."""
    questions = Command(("import", "questions", str(HERE / "questions.json"), "--source", STUDY))
    return [questions, *map(_answers, SYSTEMS), *map(_person, PEOPLE)]


def _answers(system: str) -> Command:
    file = HERE / f"responses-{system.removeprefix('demo-')}.jsonl"
    return Command(("import", "responses", str(file), "--system", system))


def _person(person: DemoPerson) -> Command:
    words = ("people", "add", "--username", person.username, "--role", person.role)
    return Command((*words, "--group", person.group), stdin=PASSWORD)


def _rating() -> list[Command]:
    what = ("--systems", ",".join(SYSTEMS), "--repeats", "0.04")
    return _opened(STUDY, *what, raters=RATERS)


def _labelling() -> list[Command]:
    what = ("--kind", "distortion", "--sample", "12")
    return _opened(LABELS, *what, raters=LABELLERS)


def _opened(name: str, *what: str, raters: tuple[str, ...]) -> list[Command]:
    create = ("study", "create", "--name", name, *what, "--seed", str(SEED))
    return [
        Command((*create, "--raters", ",".join(raters))),
        Command(("study", "open", name)),
    ]
