"""A model that answers on this machine: what it is made of, and the answers that it gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import adapters, memory
from models.adapters import Manifest
from models.backbones import resolve
from models.errors import ModelError
from models.inference.decoding import Decoding
from models.inference.engine import Bounds, Engine
from models.inference.rows import Answered, Asked, Listener
from models.loading import check_folder, device_and_dtype, load_model, load_tokenizer, weights_hash
from models.taught import base_of, taught_by
from models.templates import find_template

ROWS = {"cpu": 64, "cuda": 256, "mps": 64}  # more at once are no faster there
SHARE = 0.7  # of the memory that is free beside the weights, for what the rows keep
LEAST_TOKENS = 2_048


@dataclass(frozen=True)
class Wanted:
    """Which model: a backbone's name or folder, an adapter on it, and how it is loaded.

    `backbone` is None for the one that the adapter was trained on, where training found it.
    `template` is None where the adapter, or else the backbone, says it.
    """

    backbone: str | None = None
    adapter: Path | None = None
    template: str | None = None
    precision: str = "auto"
    quantize: bool = False


@dataclass(frozen=True)
class Facts:
    """What changes a model's answers, and where it computes them.

    `window` is how many tokens it reads at most, prompt and answer together.
    """

    name: str
    weights: str
    adapter: str | None
    template: str
    precision: str
    quantized: bool
    device: str
    window: int


class LocalModel:
    """A model whose tokenizer and files are looked at here; weights are loaded to answer.

    Raises ModelError for anything that does not fit.
    """

    def __init__(self, wanted: Wanted) -> None:
        backbone = resolve(wanted.backbone or _base_of(wanted.adapter))
        folder = backbone.folder()
        check_folder(folder)
        self.taught = taught = _taught(wanted.adapter, folder)
        self.instruction = (taught.data.instruction if taught else None) or backbone.instruction
        self._folder, self._adapter, self._quantize = folder, wanted.adapter, wanted.quantize
        self._place = device_and_dtype(wanted.precision)
        self.tokenizer = tokenizer_of(wanted.adapter, folder)
        self.template = find_template(
            wanted.template or (taught.template if taught else backbone.template)
        )
        self._stop_ids = self.template.stop_ids(self.tokenizer)
        self.template.check(self.tokenizer)
        self.facts = Facts(
            name=taught.base.name if taught else backbone.name,
            weights=weights_hash(folder),
            adapter=adapters.adapter_hash(wanted.adapter) if wanted.adapter else None,
            template=self.template.name,
            precision=self._place.precision,
            quantized=wanted.quantize,
            device=self._place.device,
            window=backbone.max_length,
        )

    def prompt(self, *, instruction: str, passage: str) -> list[int]:
        return self.template.prompt_ids(self.tokenizer, instruction=instruction, passage=passage)

    def text(self, tokens: Sequence[int]) -> str:
        found: str = self.tokenizer.decode(
            list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return found

    def answers(
        self,
        asked: Sequence[Asked],
        decoding: Decoding,
        *,
        room: int,
        batch_tokens: int | None,
        listener: Listener,
    ) -> Iterator[list[Answered]]:
        """Load the model, and yield answers of at most `room` tokens as they end."""
        model = self._loaded()
        bounds = Bounds(
            tokens=batch_tokens or self._tokens_at_once(model),
            rows=ROWS[self._place.device.partition(":")[0]],
            room=room,
        )
        engine = Engine(model, decoding, stop_ids=self._stop_ids, bounds=bounds)
        yield from engine.answers(asked, listener)

    def _loaded(self) -> Any:
        model = load_model(
            self._folder,
            dtype=self._place.dtype,
            device=self._place.device,
            quantize=self._quantize,
            tokenizer=self.tokenizer,
        )
        if self._adapter is not None:
            model = with_adapter(model, self._adapter)
        return model.eval()

    def _tokens_at_once(self, model: Any) -> int:
        """Return for how many tokens the keys and values fit into free memory."""
        config = model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        width = getattr(config, "head_dim", None) or (
            config.hidden_size // config.num_attention_heads
        )
        a_token = 2 * config.num_hidden_layers * heads * width * self._place.dtype.itemsize
        free = memory.available(self.facts.device)
        return max(LEAST_TOKENS, int(SHARE * free / a_token))


def tokenizer_of(adapter: Path | None, base: Path) -> Any:
    """Return the tokenizer that stands beside an adapter, else its base's."""
    if adapter is not None and (adapter / "tokenizer_config.json").is_file():
        return load_tokenizer(adapter)
    return load_tokenizer(base)


def with_adapter(model: Any, adapter: Path) -> Any:
    """Return the model with the adapter on it. Raises ModelError where it does not fit."""
    import warnings

    from peft import PeftModel
    from safetensors import SafetensorError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of peft for transformers, not for us
            return PeftModel.from_pretrained(model, adapter)
    except (ValueError, RuntimeError, KeyError, OSError, SafetensorError) as error:
        why = str(error).strip().splitlines()[0]
        raise ModelError(f"the adapter in {adapter} does not load on this base: {why}") from error


def _base_of(adapter: Path | None) -> str:
    if adapter is None:
        raise ModelError("no model is named; give --backbone, or an --adapter with its base")
    return base_of(adapters.read_manifest(adapter))


def _taught(adapter: Path | None, base: Path) -> Manifest | None:
    """Return what the model was taught by; raise ModelError for an adapter of another base."""
    if adapter is None:
        return taught_by(base)
    manifest = adapters.read_manifest(adapter)
    adapters.check_base(manifest, base)
    return manifest
