"""Load a model and its tokenizer from a folder, natively: no remote code, safetensors only."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ModelError
from models.extras import need
from models.memory import check_memory, weights_size
from models.places import check_is_model
from models.weights import json_file, weights

PRECISIONS = ("auto", "bf16", "fp16", "fp32")
VALUE_BYTES = {"bf16": 2, "fp16": 2, "fp32": 4}
CONVERTIBLE = ("baichuan", "qwen")  # model types that came with code of their own
PLAIN = ("TokenizersBackend", "PreTrainedTokenizerFast")
VOLATILE = ("_name_or_path", "architectures", "dtype", "torch_dtype", "transformers_version")
COMPUTED = "rotary_emb.inv_freq"  # stored by older versions, and made anew by today's
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "spiece.model")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model computes, and in which precision; `dtype` is torch's name for that."""

    device: str
    precision: str

    @property
    def dtype(self) -> Any:
        import torch

        return {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[
            self.precision
        ]


def device_and_dtype(precision: str = "auto", *, device: str | None = None) -> Place:
    """Return the device to compute on, and the precision, by what the device can.

    `auto` is bf16 on a GPU that computes in it, fp16 on an older one, fp32 elsewhere. Raises
    ModelError for a precision that the device lacks.
    """
    need("torch", "transformers", extra="train", what="a local model")
    import torch

    if precision not in PRECISIONS:
        raise ModelError(f"there is no precision {precision!r}; there are {', '.join(PRECISIONS)}")
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
        if device == "cpu" and torch.backends.mps.is_available():
            device = "mps"
    if device.startswith("cuda"):
        if not torch.cuda.is_available():
            raise ModelError("this machine has no GPU that torch can use; leave --device out")
        return Place(device, _on_cuda(precision))
    if precision == "fp16" and device == "cpu":
        raise ModelError("a CPU does not compute in fp16; name bf16, fp32 or auto")
    return Place(device, "fp32" if precision == "auto" else precision)


def load_tokenizer(path: Path | str) -> Any:
    """Return the tokenizer of a model's folder, or of an adapter's, with a token to pad with.

    The side that is padded is left to whoever pads. Raises ModelError where there is none.
    """
    need("transformers", extra="train", what="a local model")
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    folder = Path(path)
    if (folder / "config.json").is_file():
        _check_convertible(folder, _model_type(folder))
    if not any((folder / name).is_file() for name in TOKENIZERS):
        raise ModelError(_without_tokenizer(folder))
    with _in_one_sentence(f"the tokenizer in {folder}"):
        # Where no class is named, its file says all; by a model's type, Auto would choose a class
        # that puts its own rules in place of some.
        loader: Any = PreTrainedTokenizerFast if _is_plain(folder) else AutoTokenizer
        tokenizer = loader.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    return tokenizer


def load_model(
    path: Path | str, *, dtype: Any, device: str, quantize: bool = False, tokenizer: Any = None
) -> Any:
    """Return the model of a folder, in evaluation mode, on a device.

    `quantize` holds its linear layers in 4 bits (NF4, for QLoRA); `tokenizer`, if given, is
    checked against it. Raises ModelError, before any weight is read where that can be known, for
    a folder without a model, one that needs to be converted, weights that are not all there, or
    too little memory.
    """
    need("accelerate", "torch", "transformers", extra="train", what="a local model")
    from transformers import AutoModelForCausalLM

    folder = Path(path)
    check_folder(folder)
    more = {"quantization_config": _four_bits(dtype, device)} if quantize else {}
    size = weights_size(folder, value_bytes=dtype.itemsize, quantize=quantize)
    check_memory(size, device=device, what=f"the model in {folder}")
    with _in_one_sentence(f"the model in {folder}"), _quiet():
        found: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=dtype,
            device_map={"": device},
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            ignore_mismatched_sizes=True,  # they are told below, in one sentence
            output_loading_info=True,
            **more,
        )
    model, loaded = found
    _check_whole(folder, loaded)
    if tokenizer is not None:
        _check_vocabulary(folder, model, tokenizer)
    return model.eval()


def weights_hash(folder: Path) -> str:
    """Return what tells a model's weights from others: 64 hexadecimal digits.

    Of every weight its name, type, shape and a sample of its bytes count, and what of the
    configuration says how they are computed with: a model that was only cut into other files
    keeps its hash, one that was trained further does not. It takes a fraction of a second.
    """
    config = json_file(folder / "config.json")
    kept = {key: value for key, value in config.items() if key not in VOLATILE}
    found = hashlib.sha256(json.dumps(kept, sort_keys=True).encode())
    for weight in weights(folder):
        found.update(f"{weight.name} {weight.dtype} {weight.shape} ".encode())
        found.update(weight.sample())
    return found.hexdigest()


def check_folder(folder: Path) -> None:
    """Raise ModelError if a folder holds no model that loads natively; no weight is read."""
    check_is_model(folder)
    check_model_type(folder, _model_type(folder))


def check_model_type(folder: Path, model_type: str) -> None:
    """Raise ModelError if transformers has no code of its own for this type of model."""
    from transformers import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    _check_convertible(folder, model_type)
    if model_type not in CONFIG_MAPPING:
        raise ModelError(
            f"the model in {folder} is of the type {model_type or 'unknown'!r}, which this version"
            " of transformers does not know; remote code is never run"
        )
    if model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        raise ModelError(f"the model in {folder} ({model_type}) does not write text")


def _model_type(folder: Path) -> str:
    return str(json_file(folder / "config.json").get("model_type", ""))


def _check_convertible(folder: Path, model_type: str) -> None:
    if model_type in CONVERTIBLE:
        raise ModelError(
            f"the model in {folder} is of the type {model_type}, which needs remote code; write it"
            f" in a native layout first: cbt backbone convert {folder} --out FOLDER"
        )


def _on_cuda(precision: str) -> str:
    import torch

    able = torch.cuda.is_bf16_supported(including_emulation=False)
    if precision == "auto":
        return "bf16" if able else "fp16"
    if precision == "bf16" and not able:
        raise ModelError("this GPU does not compute in bf16; name fp16, fp32 or auto")
    return precision


def _four_bits(dtype: Any, device: str) -> Any:
    need("bitsandbytes", extra="qlora", what="a model in 4 bits")
    if not device.startswith("cuda"):
        raise ModelError("a model in 4 bits needs an NVIDIA GPU; leave --quantize out")
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def _check_whole(folder: Path, loaded: dict[str, Any]) -> None:
    """Raise ModelError where weights were left at random values, or left out."""
    wrong = {
        "is missing": loaded["missing_keys"],
        "has another shape": [entry[0] for entry in loaded["mismatched_keys"]],
        "has no place in the model": [
            name for name in loaded["unexpected_keys"] if not name.endswith(COMPUTED)
        ],
    }
    for how, names in wrong.items():
        if names:
            raise ModelError(
                f"the weights in {folder} do not fit its config.json: {min(names)} {how}"
                f" (one of {len(names)}); get the model again"
            )


def _check_vocabulary(folder: Path, model: Any, tokenizer: Any) -> None:
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise ModelError(
            f"the tokenizer has {len(tokenizer)} tokens and the model in {folder} only {rows};"
            " they are not of one model"
        )


def _is_plain(folder: Path) -> bool:
    """Return whether a tokenizer is one file that names no class of its own."""
    settings = folder / "tokenizer_config.json"
    if not (folder / "tokenizer.json").is_file() or not settings.is_file():
        return False
    return json_file(settings).get("tokenizer_class") in PLAIN


def _without_tokenizer(folder: Path) -> str:
    if not folder.is_dir():
        return f"there is no folder {folder}"
    return (
        f"there is no tokenizer in {folder}: it holds none of {', '.join(TOKENIZERS)};"
        " copy the files of its model's tokenizer there"
    )


@contextmanager
def _in_one_sentence(what: str) -> Iterator[None]:
    """Tell what a library says of a file that it cannot use, without its advice."""
    from safetensors import SafetensorError

    try:
        yield
    except ModelError:
        raise
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        import torch

        if isinstance(error, torch.cuda.OutOfMemoryError):
            raise ModelError(f"{what} does not fit into the GPU's memory") from error
        line = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ModelError(f"{what} cannot be loaded: {line}") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's reports and bars off the screen: what matters of them is checked."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
