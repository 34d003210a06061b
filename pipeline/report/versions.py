"""The versions of what computes and writes a report."""

from importlib.metadata import version
from platform import python_version

PROGRAM = "cbt-annotate"
COMPUTES = (PROGRAM, "numpy", "scipy", "krippendorff")
WRITES = ("matplotlib", "python-docx")


def software() -> dict[str, str]:
    """Return the versions that the figures hang on."""
    return {name: version(name) for name in COMPUTES}


def everything() -> dict[str, str]:
    """Return the versions that the files of a report hang on."""
    return {"python": python_version(), **software(), **{name: version(name) for name in WRITES}}
