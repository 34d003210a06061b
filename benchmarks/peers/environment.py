"""Install a peer's newest version into a throw-away environment of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Environment:
    """Where a peer's programs are, its version, and how large all of it is."""

    bin: Path
    version: str
    megabytes: int


def installed(folder: Path, package: str) -> Environment:
    """Return the peer's environment below this folder; make it if it is not there."""
    home = folder / package
    python = home / "bin" / "python"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    if not (home / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        subprocess.run([*pip, "install", package], check=True, stderr=subprocess.DEVNULL)
        (home / "complete").touch()
    ask = f"import importlib.metadata as m; print(m.version({package!r}))"
    version = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True)
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    return Environment(home / "bin", version.stdout.strip(), size // 2**20)
