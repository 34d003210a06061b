"""Read and write the URLs that say where a store is."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from db.errors import StoreError

FORMS = "sqlite:///FILE or postgresql://user@host/name"
SECRET = ("password", "sslpassword")


def of_file(path: Path) -> str:
    """Return the URL of a SQLite store; only what a URL would take as its own is escaped."""
    return "sqlite:///" + str(path).replace("%", "%25").replace("?", "%3F")


def read(url: str) -> URL:
    """Return what the URL says. Raises StoreError for one that names no store."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"the store's URL {_shown(url)!r} is not one; write {FORMS}") from error
    except ValueError as error:
        raise StoreError(
            "the port in the store's URL is not a number; write postgresql://user@host:5432/name"
        ) from error
    backend = parsed.get_backend_name()
    if backend in {"postgres", "postgresql"}:
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StoreError(
            f"the store's URL {_shown(url)!r} is neither sqlite:///FILE nor postgresql://…"
        )
    _check_file(parsed)
    return parsed


def _check_file(url: URL) -> None:
    if url.query:
        raise StoreError("a SQLite store's URL ends with its file; write a ? in a path as %3F")
    file = url.database
    if url.host or not file or file == ":memory:" or "\x00" in file:
        raise StoreError("a store needs a file: write sqlite:///FILE")


def _shown(url: str) -> str:
    """Return what of a URL a message may show: a user or options may come with a password."""
    if "@" not in url and "?" not in url:
        return url
    scheme, found, _ = url.partition("://")
    return f"{scheme}://…" if found else "…"


def name(url: URL) -> str:
    """Return what a message may call the store: its file, or its URL without the password."""
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    plain = url.set(drivername="postgresql").difference_update_query(SECRET)
    return plain.render_as_string(hide_password=True)
