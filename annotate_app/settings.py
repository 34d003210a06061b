"""What the app needs to know to start: where the store is, where to listen, who may ask."""

import os
from dataclasses import dataclass

THIS_MACHINE = ("127.0.0.1", "::1")


@dataclass(frozen=True)
class Settings:
    """The address to listen on, the path before every page, and whose word counts.

    `allowed_hosts` are the names the app answers to besides this machine's own; `proxies` are the
    addresses that are believed when they say who asks, and whether by https.
    """

    host: str
    port: int
    base_path: str = ""
    allowed_hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = THIS_MACHINE


def remember_database(url: str) -> None:
    """Let every part of this process find the store where the command line said it is."""
    os.environ["CBT_DATABASE_URL"] = url
