"""Find a model's folder on this machine; nothing is downloaded."""

from pathlib import Path

from models.errors import ModelError

MAIN = "main"


def find_folder(name_or_path: str, *, revision: str = MAIN) -> Path:
    """Return the folder of a path, or of a hub's name from the local cache.

    Raises ModelError, with the command that fetches it, for one that is not on this machine.
    """
    folder = Path(name_or_path).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_file():
        raise ModelError(f"{folder} is a file; name the folder that holds the model")
    if folder.is_absolute() or name_or_path.startswith((".", "~")) or name_or_path.count("/") > 1:
        raise ModelError(f"there is no folder {folder}")
    return _cached(name_or_path, revision)


def check_is_model(folder: Path) -> None:
    """Raise ModelError if a folder holds no model, saying what it holds instead."""
    if not folder.is_dir():
        raise ModelError(f"there is no folder {folder}")
    if (folder / "config.json").is_file():
        return
    if (folder / "adapter_config.json").is_file():
        raise ModelError(
            f"{folder} holds an adapter, not a model; name it with --adapter, and its base with"
            " --backbone"
        )
    raise ModelError(f"{folder} holds no model: it has no config.json")


def _cached(hub_id: str, revision: str) -> Path:
    from transformers.utils.hub import cached_file

    for name in ("config.json", "adapter_config.json"):
        try:
            found = cached_file(hub_id, name, revision=revision, local_files_only=True)
        except (OSError, ValueError):
            continue
        if found is not None:
            return Path(found).parent
    where = "" if revision == MAIN else f" --revision {revision}"
    raise ModelError(
        f"{hub_id} is neither a folder nor in the local cache of models; on a machine with a"
        f" network run: hf download {hub_id}{where} --local-dir FOLDER, then name that folder"
    )
