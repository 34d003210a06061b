"""What every view is given: the store, and the words of one language."""

from dataclasses import dataclass
from functools import cache

from annotate_app.i18n.translator import Language, Translate, translator
from db.engine import Store, open_store
from db.settings import database_url


@dataclass(frozen=True)
class Deps:
    """The store and the texts that one page shows."""

    store: Store
    language: Language
    t: Translate


def make(language: Language) -> Deps:
    """Return what a page in this language needs, on the store that the environment names."""
    return Deps(store=_opened(database_url()), language=language, t=translator(language))


@cache
def _opened(url: str) -> Store:
    return open_store(url)
