"""Where the store is, from the environment."""

import os
from pathlib import Path

from platformdirs import user_data_path

from db import urls


def data_folder() -> Path:
    """Return the folder for files that the project makes: CBT_DATA, or the user's data folder."""
    folder = os.environ.get("CBT_DATA")
    return Path(folder) if folder else user_data_path("cbt-annotate", appauthor=False)


def database_url() -> str:
    """Return the store's URL: CBT_DATABASE_URL, or one SQLite file in the data folder."""
    url = os.environ.get("CBT_DATABASE_URL")
    return url or urls.of_file(data_folder() / "store.sqlite")
