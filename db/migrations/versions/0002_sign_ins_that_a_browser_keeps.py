"""Sign-ins that a browser keeps: a person's key for it, and usernames in their folded form."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("person", sa.Column("browser_key", sa.String(), nullable=True))
    _fold_usernames()


def _fold_usernames() -> None:
    """Keep two names that fold to one as they are: whom it would merge, a person must say."""
    person = sa.table("person", sa.column("id"), sa.column("username"))
    rows = op.get_bind().execute(sa.select(person).where(person.c.username.is_not(None))).all()
    folded: dict[str, list[int]] = {}
    for row in rows:
        folded.setdefault(_folded(row.username), []).append(row.id)
    names = {row.id: row.username for row in rows}
    for name, ids in folded.items():
        if len(ids) == 1 and names[ids[0]] != name:
            op.execute(person.update().where(person.c.id == ids[0]).values(username=name))


def _folded(username: str) -> str:
    once = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", once).strip()
