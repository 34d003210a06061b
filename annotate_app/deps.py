"""What every view and route is given: the store, the words of one language, and addresses."""

from dataclasses import dataclass
from functools import cache

from streamlit import config

from annotate_app import assets
from annotate_app.i18n.translator import Language, Translate, translator
from db.engine import Store, open_store
from db.settings import database_url


@dataclass(frozen=True)
class Deps:
    """The store and the texts that one page shows, and where the app is served."""

    store: Store
    language: Language
    t: Translate
    base_path: str = ""

    @property
    def assets(self) -> str:
        """The address, without the host, under which the app's own files are."""
        return f"{self.base_path}/assets/{assets.version()}"


def make(language: Language) -> Deps:
    """Return what a page in this language needs, on the store that the environment names."""
    return Deps(store(), language, translator(language), base_path())


def store() -> Store:
    """Return the store that the environment names, opened once."""
    return _opened(database_url())


def base_path() -> str:
    """Return what stands before every path of the app: nothing, or "/ann"."""
    path = str(config.get_option("server.baseUrlPath")).strip("/")
    return f"/{path}" if path else ""


@cache
def _opened(url: str) -> Store:
    return open_store(url)
