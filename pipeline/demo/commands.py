"""The commands that make the demo store, as a user would type them."""

import shlex
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SYSTEMS = ("demo-five-part", "demo-kind", "demo-weak")
STUDY = "demo"
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
    DemoPerson("researcher", "researcher", "staff"),
)


def commands() -> list[Command]:
    """Return the commands in their order."""
    questions = Command(("import", "questions", str(HERE / "questions.json"), "--source", STUDY))
    return [questions, *map(_answers, SYSTEMS), *map(_person, PEOPLE), *_study()]


def _answers(system: str) -> Command:
    file = HERE / f"responses-{system.removeprefix('demo-')}.jsonl"
    return Command(("import", "responses", str(file), "--system", system))


def _person(person: DemoPerson) -> Command:
    words = ("people", "add", "--username", person.username, "--role", person.role)
    return Command((*words, "--group", person.group), stdin=PASSWORD)


def _study() -> list[Command]:
    create = ("study", "create", "--name", STUDY, "--systems", ",".join(SYSTEMS))
    return [
        Command((*create, "--seed", str(SEED), "--repeats", "0.04")),
        Command(("study", "open", STUDY)),
    ]
