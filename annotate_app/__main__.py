"""`python -m annotate_app`: serve the app on a store until a signal ends it."""

import argparse
import sys

from annotate_app.server import serve
from annotate_app.settings import remember_database, settings
from db.engine import open_store
from db.errors import KnownError


def main() -> int:
    parser = argparse.ArgumentParser("python -m annotate_app", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8501, help="the port to listen on")
    parser.add_argument("--database", help="the store's URL; else CBT_DATABASE_URL")
    given = parser.parse_args()
    chosen = settings(host=given.host, port=given.port, database=given.database)
    remember_database(chosen.database)
    try:
        open_store(chosen.database).engine.dispose()
        serve(chosen)
    except KnownError as error:
        sys.stderr.write(f"annotate_app: {error.message}\n")
        return 1
    except KeyboardInterrupt:  # the server has ended cleanly by then
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
