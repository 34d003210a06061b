"""What the app needs to know to start: where the store is, and where to listen."""

import os
from dataclasses import dataclass

from db.settings import database_url


@dataclass(frozen=True)
class Settings:
    """The address to listen on, and the store to serve."""

    host: str
    port: int
    database: str


def settings(*, host: str, port: int, database: str | None) -> Settings:
    """Return the settings; without `database` the environment says which store it is."""
    return Settings(host=host, port=port, database=database or database_url())


def remember_database(url: str) -> None:
    """Let every part of this process find the store where the command line said it is."""
    os.environ["CBT_DATABASE_URL"] = url
