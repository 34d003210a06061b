"""Start a process that knows nothing of what this one runs as its main module."""

import sys
from multiprocessing.process import BaseProcess
from types import ModuleType


def start(process: BaseProcess) -> None:
    """Start it; else it would run the main module again, which AppTest makes a page of the app."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        process.start()
    finally:
        sys.modules["__main__"] = main
