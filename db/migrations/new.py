"""Write the migration from the newest version to what the tables say: a file to read and mend.

python -m db.migrations.new "Add a column for what"
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config

from db import schema, urls
from db.engine import connect


def main(message: str) -> None:
    with TemporaryDirectory() as folder:
        store = connect(urls.of_file(Path(folder) / "store.sqlite"))
        schema.upgrade(store.engine)
        with store.engine.begin() as connection:
            config = Config(attributes={"connection": connection})
            config.set_main_option("script_location", str(schema.MIGRATIONS))
            revision = f"{int(schema.HEAD) + 1:04d}"
            command.revision(config, message, autogenerate=True, rev_id=revision)
        store.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
