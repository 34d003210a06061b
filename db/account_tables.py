"""The tables of accounts: people, their sign-ins and their invites."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base
from db.columns import now


class Person(Base):
    """A rater, lead or researcher; `scope` names the imported study of an outside rater.

    `browser_key` encrypts what the person's browser keeps: without a sign-in nobody can read it.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("scope", "pseudonym"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(default="")
    pseudonym: Mapped[str]
    username: Mapped[str | None] = mapped_column(unique=True)
    roles: Mapped[list[Any]]
    group: Mapped[str | None]
    password_hash: Mapped[str | None]
    browser_key: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled_at: Mapped[datetime | None]


class SignIn(Base):
    """One signed-in browser; only the token's hash is kept."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invite(Base):
    """A link by which a person sets a first password; only the token's hash is kept."""

    __tablename__ = "invite"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
