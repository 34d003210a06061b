"""Know the base models: what each is called, how it is asked, and what a LoRA adapts in it."""

import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from models.errors import ModelError
from models.loading import CONVERTIBLE
from models.places import MAIN, check_is_model, find_folder
from models.weights import json_file

CONVERTED = "manifest.json"  # what a conversion writes beside the weights
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
OLD = {*CONVERTIBLE, "baichuan2"}  # families: a Baichuan2 says that it is of the type baichuan
MAX_LENGTH = 2048  # where a configuration says nothing


@dataclass(frozen=True, slots=True)
class Backbone:
    """A base model: one of the registry, or a folder that somebody named.

    `notes` says in a sentence or two what a user should know, also how a folder's template was
    guessed; one that `needs_merging` was published as an adapter alone; `instruction` is what the
    model's own card asks with, if it has one.
    """

    name: str
    hub_id: str
    family: str
    template: str
    lora_targets: tuple[str, ...]
    licence: str
    max_length: int
    revision: str = MAIN
    paper: bool = False
    needs_conversion: bool = False
    needs_merging: bool = False
    instruction: str = ""
    notes: str = ""
    path: Path | None = None

    def folder(self) -> Path:
        """Return where its files are on this machine; raise ModelError if they are not there."""
        return self.path or find_folder(self.hub_id, revision=self.revision)


def _registry() -> dict[str, Backbone]:
    text = files("models").joinpath("backbones.toml").read_text("utf-8")
    listed = [
        Backbone(**{**entry, "lora_targets": tuple(entry["lora_targets"])})
        for entry in tomllib.loads(text)["backbone"]
    ]
    return {backbone.name: backbone for backbone in listed}


BACKBONES: dict[str, Backbone] = _registry()


def resolve(name_or_path: str) -> Backbone:
    """Return the base model of a name of the registry, of its hub's name, or of a folder.

    A folder goes before a name. Raises ModelError, with all names, for anything else.
    """
    folder = Path(name_or_path).expanduser()
    if folder.is_dir():
        return _of_folder(folder)
    wanted = name_or_path.lower()
    for backbone in BACKBONES.values():
        if wanted in {backbone.name, backbone.hub_id.lower()}:
            return backbone
    if "/" not in name_or_path:
        raise ModelError(
            f"there is no base model {name_or_path!r} and no folder of that name; there are"
            f" {', '.join(BACKBONES)}"
        )
    return _of_folder(find_folder(name_or_path), name=name_or_path)


def _of_folder(folder: Path, *, name: str = "") -> Backbone:
    """Return what a folder's own files say, and how its template was guessed."""
    check_is_model(folder)
    config = json_file(folder / "config.json")
    family = str(config.get("model_type", "unknown"))
    known, source = _before_conversion(folder)
    if known is not None:
        notes = f"Converted from {known.hub_id}. {known.notes}"
        return replace(known, family=family, path=folder, needs_conversion=False, notes=notes)
    template, why = _template(folder, family=family, source=source)
    length = config.get("max_position_embeddings") or config.get("model_max_length") or MAX_LENGTH
    return Backbone(
        name=name or folder.resolve().name,
        hub_id=name,
        family=family,
        template=template,
        lora_targets=LINEAR[:3] if source or family in OLD else LINEAR,
        licence="as its own files say",
        max_length=int(length),
        needs_conversion=family in OLD,
        notes=f"Template {template}: {why}.",
        path=folder,
    )


def _template(folder: Path, *, family: str, source: str) -> tuple[str, str]:
    """Return the template that a folder's model is likely to know, and why."""
    if source or family in OLD:
        old = source or family
        return ("chatml" if old == "qwen" else "default"), f"the model was a {old} model"
    if family.startswith("qwen3"):
        return "qwen3", "the model is of the family qwen3"
    if _has_chat_template(folder):
        return "tokenizer", "its tokenizer comes with a chat template"
    return "default", "its tokenizer comes with no chat template"


def _has_chat_template(folder: Path) -> bool:
    if (folder / "chat_template.jinja").is_file():
        return True
    config = folder / "tokenizer_config.json"
    return config.is_file() and bool(json_file(config).get("chat_template"))


def _before_conversion(folder: Path) -> tuple[Backbone | None, str]:
    """Return which model of the registry a folder was converted from, and of which family."""
    if not (folder / CONVERTED).is_file():
        return None, ""
    manifest = json_file(folder / CONVERTED)
    family = str(manifest.get("family", ""))
    return BACKBONES.get(str(manifest.get("backbone"))), family if family in OLD else ""
