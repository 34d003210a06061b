"""Find prompts: those that come with the program, those of a store, and those in files."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from db import prompts
from db.errors import FileRejected, NotKnown
from db.prompts import StoredPrompt
from pipeline.prompts.document import read
from pipeline.prompts.prompt import Prompt

SHIPPED = Path(__file__).parent / "shipped"
AT = "@"  # between a name and the beginning of a version's hash


@dataclass(frozen=True)
class Listed:
    """One version of a prompt; `current` ones are meant by their name alone.

    `systems` were asked with it.
    """

    prompt: Prompt
    current: bool
    shipped: bool
    stored: bool
    systems: tuple[str, ...] = ()


def find(session: Session | None, name: str) -> Prompt:
    """Return a prompt by its name: its newest version in the store, else the one shipped.

    "name@hash" means the version whose hash begins so. Without a session there are only those
    that are shipped. Raises NotKnown, saying what there is.
    """
    wanted, _, version = name.partition(AT)
    stored = [_stored(row) for row in _versions(session, wanted)]
    shipped = [prompt for prompt in _shipped() if prompt.name == wanted]
    found = [*stored, *shipped]
    if not found:
        names = sorted({p.name for p in _shipped()} | {row.name for row in _versions(session)})
        raise NotKnown(f"there is no prompt {wanted}; there are {', '.join(names)}")
    matching = {p.content_hash: p for p in found if p.content_hash.startswith(version)}
    if version and len(matching) != 1:
        of = ", ".join(dict.fromkeys(p.version for p in found))
        what = "several versions" if matching else "no version"
        raise NotKnown(f"there is {what} {version} of the prompt {wanted}; there are {of}")
    return next(iter(matching.values()))


def listed(session: Session | None) -> list[Listed]:
    """Return all versions of all prompts by name, of each name the current one first."""
    of_systems = {} if session is None else prompts.systems(session)
    rows = {(row.name, row.content_hash): row for row in _versions(session)}
    shipped = {(prompt.name, prompt.content_hash): prompt for prompt in _shipped()}
    found: list[Listed] = []
    named: set[str] = set()
    for key in sorted([*rows, *(key for key in shipped if key not in rows)], key=_by_name):
        row = rows.get(key)
        found.append(
            Listed(
                prompt=shipped.get(key) or _stored(rows[key]),
                current=key[0] not in named,
                shipped=key in shipped,
                stored=row is not None,
                systems=tuple(of_systems.get(row.id, ())) if row else (),
            )
        )
        named.add(key[0])
    return found


def from_file(path: Path) -> Prompt:
    """Return the prompt of a file. Raises FileRejected with what is wrong in it, and where."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise FileRejected(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileRejected(f"{path} is not text in UTF-8") from error
    return read(text, file=str(path))


def stored(session: Session, prompt: Prompt) -> int:
    """Return the id of the prompt's row in the store, which is added if it is new."""
    return prompts.find_or_add(
        session,
        name=prompt.name,
        language=prompt.language,
        text=prompt.text,
        content_hash=prompt.content_hash,
    )


@cache
def _shipped() -> tuple[Prompt, ...]:
    return tuple(from_file(path) for path in sorted(SHIPPED.glob("*.toml")))


def _by_name(key: tuple[str, str]) -> str:
    return key[0]


def _versions(session: Session | None, name: str | None = None) -> list[StoredPrompt]:
    return [] if session is None else prompts.versions(session, name=name)


def _stored(row: StoredPrompt) -> Prompt:
    return read(row.text, file=f"the stored prompt {row.name}{AT}{row.content_hash[:12]}")
