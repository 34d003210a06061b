"""Tell LLaMA-Factory of a file in the `dataset_info.json` of its folder."""

import json
import re
from pathlib import Path
from typing import Any

from db.errors import AlreadyKnown, NotAllowed

NAME = "dataset_info.json"
UNFIT = re.compile(r"[^\w.-]+")  # LLaMA-Factory separates the names of datasets by commas


def name_of(path: Path) -> str:
    """Return what a file's dataset is called.

    >>> name_of(Path("data/cbt train, 1.json"))
    'cbt_train_1'
    """
    return UNFIT.sub("_", path.stem)


def merged(path: Path, entry: dict[str, Any]) -> bytes:
    """Return what the folder of `path` is to hold, with this entry for it; others stay.

    Raises NotAllowed where what is there is none, AlreadyKnown where the name is another file's.
    """
    there, name = _read(path.with_name(NAME)), name_of(path)
    old = there.get(name)
    if old is not None and (not isinstance(old, dict) or old.get("file_name") != path.name):
        raise AlreadyKnown(
            f"{path.with_name(NAME)} has a dataset {name} already, of something else; give the"
            " file another name"
        )
    told = {**there, name: {"file_name": path.name, **entry}}
    # In ASCII: LLaMA-Factory reads it in whatever encoding its machine speaks.
    return f"{json.dumps(told, indent=2)}\n".encode()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError, OSError) as error:
        raise NotAllowed(
            f"{path} cannot be read as JSON: mend it, or take another folder"
        ) from error
    if not isinstance(found, dict):
        raise NotAllowed(f"{path} holds no JSON object: mend it, or take another folder")
    return found
