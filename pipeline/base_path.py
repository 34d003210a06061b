"""The path that stands before every page of the app, where a web server gives it only a part."""

import re

from db.errors import KnownError

STREAMLITS_OWN = frozenset({"_stcore", "component", "media", "static"})
SEGMENT = re.compile(r"[\w~-][\w.~-]*", re.ASCII)


class BasePathUnfit(KnownError):
    code = "base_path_unfit"


def normal(given: str) -> str:
    """Return a base path as the app uses it: "ann", "ann/" and "/ann" are all "/ann".

    Raises BasePathUnfit for what cannot stand in an address, or is Streamlit's own.
    """
    segments = given.strip().strip("/").split("/")
    if segments == [""]:
        return ""
    if segments[0] in STREAMLITS_OWN or not all(map(SEGMENT.fullmatch, segments)):
        raise BasePathUnfit(
            f"{given!r} cannot be a base path; write one of letters, digits and hyphens, as in /ann"
        )
    return "/" + "/".join(segments)
