"""The files that the app serves to a browser from its own folders, under one version's name."""

import hashlib
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FOLDERS = (HERE / "static", HERE / "components")
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}


@cache
def files() -> dict[str, Path]:
    """Return every file that may be served, by the name that a browser asks for."""
    return {
        path.relative_to(folder).as_posix(): path
        for folder in FOLDERS
        for path in sorted(folder.rglob("*"))
        if path.suffix in KINDS
    }


@cache
def version() -> str:
    """Return a name for these very files: a changed file is never taken from a browser's cache."""
    digest = hashlib.sha256()
    for name, path in files().items():
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
