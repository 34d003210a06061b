"""A model server that is not ours: `transformers serve` with a tiny model made here."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from pipeline.settings import environment

WIDTH = 16
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
START_SECONDS = 120.0


@dataclass(frozen=True)
class OutsideServer:
    """`model` is the only name that it answers to."""

    url: str
    model: str


def make_tiny_model(folder: Path) -> None:
    """Write a Llama of 8,000 random weights that reads bytes; nothing of torch is needed for it."""
    import numpy as np
    from safetensors.numpy import save_file

    size = _write_tokenizer(folder)
    chance = np.random.default_rng(0)
    shapes = {"model.embed_tokens": (size, WIDTH)}
    layer = "model.layers.0"
    shapes |= {f"{layer}.self_attn.{name}_proj": (WIDTH, WIDTH) for name in "qkvo"}
    shapes |= {f"{layer}.mlp.{name}_proj": (2 * WIDTH, WIDTH) for name in ("gate", "up")}
    shapes |= {f"{layer}.mlp.down_proj": (WIDTH, 2 * WIDTH)}
    weights = {f"{name}.weight": chance.normal(0, 0.5, shape) for name, shape in shapes.items()}
    for name in ("model.norm", f"{layer}.input_layernorm", f"{layer}.post_attention_layernorm"):
        weights[f"{name}.weight"] = np.ones(WIDTH)
    small = {name: values.astype("float32") for name, values in weights.items()}
    save_file(small, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "vocab_size": size,
        "max_position_embeddings": 32_768,
        "tie_word_embeddings": True,
        "eos_token_id": size - 1,
        "pad_token_id": size - 1,
        "dtype": "float32",
    }
    (folder / "config.json").write_text(json.dumps(config))


def _write_tokenizer(folder: Path) -> int:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: i for i, letter in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    tokenizer.save(str(folder / "tokenizer.json"))
    told = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "pad_token": "<|im_end|>",
        "chat_template": TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    size: int = tokenizer.get_vocab_size()
    return size


@contextmanager
def outside_server(folder: Path) -> Iterator[OutsideServer]:
    """Serve a tiny model until the block ends; its start takes about five seconds."""
    model, cache = folder / "model", folder / "cache"
    model.mkdir()
    cache.mkdir()
    make_tiny_model(model)
    port = _free_port()
    settings = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(cache), "OMP_NUM_THREADS": "1"}
    command = [str(Path(sys.executable).parent / "transformers"), "serve", str(model)]
    command += ["--device", "cpu", "--host", "127.0.0.1", "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as to:
        process = subprocess.Popen(command, env=environment(**settings), stdout=to, stderr=to)
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}/health", process, log)
        yield OutsideServer(f"http://127.0.0.1:{port}/v1", str(model))
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url, timeout=5):  # noqa: S310
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"transformers serve did not start: {log.read_text('utf-8')[-2000:]}")
