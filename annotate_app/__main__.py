"""`python -m annotate_app`: serve the app on a store until a signal ends it."""

import argparse
import os
import signal
import sys
from threading import Thread

from annotate_app.server import serve
from annotate_app.settings import THIS_MACHINE, Settings, remember_database
from db.engine import open_store
from db.errors import KnownError
from db.settings import database_url
from pipeline import base_path


def main() -> int:
    given = _parser().parse_args()
    if given.until_input_ends:
        Thread(target=_end_with_the_input, daemon=True).start()
    database = given.database or database_url()
    remember_database(database)
    try:
        open_store(database).engine.dispose()
        serve(
            Settings(
                host=given.host,
                port=given.port,
                base_path=base_path.normal(given.base_path),
                allowed_hosts=tuple(given.allowed_host),
                proxies=tuple(given.proxy or THIS_MACHINE),
            )
        )
    except KnownError as error:
        sys.stderr.write(f"annotate_app: {error.message}\n")
        return 1
    except KeyboardInterrupt:  # the server has ended cleanly by then
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m annotate_app", description=__doc__)
    option = parser.add_argument
    option("--host", default="127.0.0.1", help="the address to listen on")
    option("--port", type=int, default=8501, help="the port to listen on")
    option("--base-path", default="", help="the path before every page, such as /ann")
    option("--allowed-host", action="append", default=[], help="a name the app answers to")
    option("--proxy", action="append", help="an address whose X-Forwarded headers are believed")
    option("--database", help="the store's URL; else CBT_DATABASE_URL")
    option("--until-input-ends", action="store_true", help="end when standard input does")
    return parser


def _end_with_the_input() -> None:
    """Wait until whoever started this process is gone, however it ended, and end too."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
