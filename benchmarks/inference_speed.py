"""Answer questions many at a time beside one by one, with equal texts.

    python -m benchmarks.inference_speed [--questions 51] [--room 256] [--rounds 3] [--gpu]

A tiny Qwen2 of half a million weights, taught some Chinese from the demo's texts, answers the
demo's questions greedily in fp32 on one thread. One by one is transformers' `generate` with a batch
of one; batches are its `generate` too, left-padded and sorted by length. Ours is the engine of
`cbt infer`. All ways take turns in one process; each answer of a batch is compared with the one
that came alone. In the second case a mark that is frequent ends an answer, so that lengths differ
as much as they do in nature. `--gpu` takes a Qwen2 of 7B's shape with random weights in bf16.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, pstdev
from typing import Any

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from models.inference.decoding import Decoding
from models.inference.engine import Bounds, Engine
from models.inference.rows import Asked
from models.loading import load_model, load_tokenizer
from models.templates import find_template
from tests.tiny_models import INSTRUCTION, demo_records, make_qwen2

ROWS = (16, 64)
SEVEN_B = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152_064,
    "max_position_embeddings": 4096,
}
Tokens = list[list[int]]


@dataclass(frozen=True)
class Case:
    """A model, prompts, what ends an answer, and how long it may be."""

    model: Any
    prompts: Sequence[Sequence[int]]
    stop: tuple[int, ...]
    room: int

    def cut(self, tokens: Sequence[int]) -> list[int]:
        ends = [at for at, token in enumerate(tokens) if token in self.stop]
        return list(tokens[: ends[0]] if ends else tokens)


def one_by_one(case: Case) -> Tokens:
    return [_generated(case, [prompt])[0] for prompt in case.prompts]


def in_batches(case: Case, rows: int) -> Tokens:
    order = sorted(range(len(case.prompts)), key=lambda at: -len(case.prompts[at]))
    found: dict[int, list[int]] = {}
    for start in range(0, len(order), rows):
        some = order[start : start + rows]
        found |= zip(some, _generated(case, [case.prompts[at] for at in some]), strict=True)
    return [found[at] for at in range(len(order))]


def ours(case: Case, rows: int) -> Tokens:
    bounds = Bounds(tokens=10**9, rows=rows, room=case.room)
    engine = Engine(case.model, Decoding(), stop_ids=case.stop, bounds=bounds)
    asked = [Asked(str(at), prompt) for at, prompt in enumerate(case.prompts)]
    found = {each.place: list(each.tokens) for some in engine.answers(asked) for each in some}
    return [found[at] for at in range(len(asked))]


def _generated(case: Case, prompts: Sequence[Sequence[int]]) -> Tokens:
    device = case.model.get_input_embeddings().weight.device
    width = max(map(len, prompts))
    ids = [[case.stop[0]] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    with torch.inference_mode():
        found = case.model.generate(
            torch.tensor(ids, device=device),
            attention_mask=torch.tensor(mask, device=device),
            max_new_tokens=case.room,
            do_sample=False,
            eos_token_id=list(case.stop),
            pad_token_id=case.stop[0],
        )
    return [case.cut(row) for row in found[:, width:].tolist()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=int, default=51)
    parser.add_argument("--room", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--gpu", action="store_true")
    given = parser.parse_args()
    for name, case in _cases(given):
        print(f"\n{name}: {len(case.prompts)} questions of {_mean(case.prompts):.0f} tokens")
        _compare(case, given.rounds)


def _mean(texts: Sequence[Sequence[int]]) -> float:
    return sum(map(len, texts)) / len(texts)


def _cases(given: argparse.Namespace) -> Iterator[tuple[str, Case]]:
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        make_qwen2(Path(folder))
        tokenizer = load_tokenizer(folder)
        model = _seven_b() if given.gpu else load_model(folder, dtype=torch.float32, device="cpu")
        template = find_template("chatml")
        records = (demo_records(given.questions) * given.questions)[: given.questions]
        prompts = [
            template.prompt_ids(tokenizer, instruction=INSTRUCTION, passage=record.input)
            for record in records
        ]
        stop = template.stop_ids(tokenizer)
        yield "every answer fills its room", Case(model, prompts, stop, given.room)
        if not given.gpu:
            case = Case(model, prompts, stop, given.room)
            yield "answers end early", Case(model, prompts, (*stop, _mark(case)), given.room)


def _mark(case: Case) -> int:
    """Return the token that would end the answers at the most different places."""
    answers = in_batches(case, ROWS[-1])

    def spread(token: int) -> float:
        places = [(answer.index(token) if token in answer else case.room) for answer in answers]
        return pstdev(places)

    return max({token for answer in answers for token in answer}, key=spread)


def _seven_b() -> Any:
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda"):
        model: Any = Qwen2ForCausalLM(Qwen2Config(**SEVEN_B))
    torch.set_default_dtype(torch.float32)
    return model.eval()


def _compare(case: Case, rounds: int) -> None:
    ways: dict[str, Callable[[], Tokens]] = {"one by one": lambda: one_by_one(case)}
    for rows in ROWS:
        ways[f"generate, batches of {rows}"] = lambda rows=rows: in_batches(case, rows)
        ways[f"ours, {rows} rows"] = lambda rows=rows: ours(case, rows)
    took: dict[str, list[float]] = {name: [] for name in ways}
    clock = time.perf_counter if case.model.device.type == "cuda" else time.process_time
    texts: dict[str, Tokens] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            began = clock()
            texts[name] = way()
            took[name].append(clock() - began)
    alone = texts["one by one"]
    print(f"answers of {_mean(alone):.0f} tokens, {min(map(len, alone))} to {max(map(len, alone))}")
    for name, seconds in took.items():
        ratios = [first / own for first, own in zip(took["one by one"], seconds, strict=True)]
        equal = sum(a == b for a, b in zip(alone, texts[name], strict=True))
        tokens = sum(map(len, texts[name]))
        print(
            f"{name:26} {median(seconds):7.2f} s {tokens / median(seconds):8.0f} tokens/s"
            f" {median(ratios):6.2f} x ({min(ratios):.2f} to {max(ratios):.2f}),"
            f" equal texts {equal} of {len(alone)}"
        )


if __name__ == "__main__":
    main()
