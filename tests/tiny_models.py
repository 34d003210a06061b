"""Tiny language models of half a million weights that were taught some Chinese, made once a run."""

import fcntl
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.records import Record

DEMO = Path(__file__).parent.parent / "pipeline" / "demo"
INSTRUCTION = "你是一名经验丰富的心理咨询师，请回答以下问题。"
VOCABULARY, WIDTH, WINDOW = 1_500, 128, 4_096
STEPS, ROWS, TOKENS, RATE = 150, 16, 48, 5e-3
CHATML = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
LLAMA = ("<s>", "</s>", "<unk>")


def demo_records(n: int) -> list[Record]:
    """Return questions of the demo with an answer each: passages of 200 tokens, answers of 500."""
    questions = json.loads((DEMO / "questions.json").read_text("utf-8"))
    lines = (DEMO / "responses-five-part.jsonl").read_text("utf-8").splitlines()
    answers = {row["question_id"]: row["response"] for row in map(json.loads, lines)}
    records = [
        Record(INSTRUCTION, f"{q['question']}。{q['description']}", answers[q["questionID"]])
        for q in questions
        if q["questionID"] in answers
    ]
    return records[:n]


def shared_folder(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder of the test run that one of its processes makes and all others wait for."""
    base = factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-gw") else base
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            (folder / "made").touch()
    return folder


def make_qwen2(folder: Path) -> None:
    """Write a Qwen2 with Qwen's own class of tokenizer and ChatML's marks."""
    from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen2Tokenizer

    tokenizer: Any = Qwen2Tokenizer().train_new_from_iterator(_texts(), VOCABULARY)
    tokenizer.add_special_tokens({"additional_special_tokens": list(CHATML[1:])})
    tokenizer.model_max_length = WINDOW
    tokenizer.save_pretrained(folder)
    end = tokenizer.convert_tokens_to_ids(CHATML[0])
    config = Qwen2Config(**_shape(len(tokenizer)), eos_token_id=end, pad_token_id=end)
    _teach(folder, Qwen2ForCausalLM, config)


def make_llama(folder: Path) -> None:
    """Write a Llama with Llama's marks, which has no token to fill up with, as Llama's own."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        _texts(),
        trainers.BpeTrainer(
            vocab_size=VOCABULARY, special_tokens=list(LLAMA), initial_alphabet=letters
        ),
    )
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", made.token_to_id("<s>"))]
    )
    first, end, unknown = LLAMA
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token=first, eos_token=end, unk_token=unknown
    )
    tokenizer.model_max_length = WINDOW
    tokenizer.save_pretrained(folder)
    config = LlamaConfig(
        **_shape(len(tokenizer)),
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    _teach(folder, LlamaForCausalLM, config)


def _texts() -> list[str]:
    return [text for each in demo_records(60) for text in (each.input, each.output)]


def _shape(vocabulary: int) -> dict[str, Any]:
    return {
        "vocab_size": vocabulary,
        "hidden_size": WIDTH,
        "intermediate_size": 2 * WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": WINDOW,
        "tie_word_embeddings": True,
        "initializer_range": 0.05,
    }


def _teach(folder: Path, kind: Any, config: Any) -> None:
    """Train all weights until the model guesses far better than by chance: seconds."""
    import torch
    from transformers import AutoTokenizer

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = kind(config)
        tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        ids = torch.tensor([i for text in _texts() for i in tokenizer(text)["input_ids"]])
        optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0)
        falling = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, total_iters=STEPS)
        for _ in range(STEPS):
            starts = torch.randint(len(ids) - TOKENS, (ROWS,)).tolist()
            batch = torch.stack([ids[start : start + TOKENS] for start in starts])
            model(input_ids=batch, labels=batch).loss.backward()
            optimizer.step()
            falling.step()
            optimizer.zero_grad()
        model.eval().save_pretrained(folder)
    torch.set_num_threads(threads)
