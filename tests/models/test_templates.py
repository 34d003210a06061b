"""A question is put as each kind of model was trained to be asked, token by token."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.conversion.tokenizers import write_tokenizer
from models.errors import ModelError
from models.loading import load_tokenizer
from models.templates import TEMPLATES, find_template, fitting
from tests.models.conversion.checkpoints import baichuan_folder

INSTRUCTION = "你是一名心理咨询师。"
PASSAGE = "我总是睡不着。该怎么办？"
QWEN3 = (
    "{%- for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content"
    " + '<|im_end|>' + '\n' }}{%- endfor %}{%- if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\n' }}{%- if enable_thinking is defined and not enable_thinking %}"
    "{{ '<think>\n\n</think>\n\n' }}{%- endif %}{%- endif %}"
)
WITHOUT_SYSTEM = (
    "{{ bos_token }}{%- for message in messages %}{%- if message.role == 'system' %}"
    "{{ raise_exception('System role not supported') }}{%- endif %}"
    "{{ '[' + message.role + ']' + message.content + '</s>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{ '[assistant]' }}{%- endif %}"
)
MARKS = ["<|im_start|>", "<|im_end|>", "<think>", "</think>"]
LLAMA3 = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
BAICHUAN = ["<reserved_102>", "<reserved_103>", "<reserved_106>", "<reserved_107>"]


def bytewise(*marks: str, chat: str | None = None, **special: Any) -> Any:
    """Return a tokenizer that knows bytes and marks."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={each: at for at, each in enumerate(letters)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(list(marks))
    wanted = {"eos_token": "<|endoftext|>", **special}
    return PreTrainedTokenizerFast(tokenizer_object=made, chat_template=chat, **wanted)


ALL = bytewise(*MARKS, *LLAMA3, *BAICHUAN, "<|begin_of_text|>", bos_token="<|begin_of_text|>")
WORDED = {
    "default": f"{INSTRUCTION}\nHuman: {PASSAGE}\nAssistant: ",
    "alpaca": (
        "Below is an instruction that describes a task. Write a response that appropriately"
        f" completes the request.\n\n### Instruction:\n{INSTRUCTION}\n{PASSAGE}\n\n### Response:\n"
    ),
    "chatml": (
        f"<|im_start|>system\n{INSTRUCTION}<|im_end|>\n<|im_start|>user\n{PASSAGE}<|im_end|>\n"
        "<|im_start|>assistant\n"
    ),
    "qwen3": (
        f"<|im_start|>system\n{INSTRUCTION}<|im_end|>\n<|im_start|>user\n{PASSAGE}<|im_end|>\n"
        "<|im_start|>assistant\n<think>\n\n</think>\n\n"
    ),
    "llama2-zh": (f"<|begin_of_text|>[INST] <<SYS>>\n{INSTRUCTION}\n<</SYS>>\n\n{PASSAGE} [/INST]"),
    "llama3": (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n"
        f"{INSTRUCTION}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n{PASSAGE}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    "baichuan": f"{INSTRUCTION}<reserved_102>{PASSAGE}<reserved_103>",
    "baichuan2": f"{INSTRUCTION}<reserved_106>{PASSAGE}<reserved_107>",
}


@pytest.mark.parametrize("name", WORDED)
def test_a_prompt_reads_as_its_source_has_it(name: str) -> None:
    ids = TEMPLATES[name].prompt_ids(ALL, instruction=INSTRUCTION, passage=PASSAGE)
    assert ALL.decode(ids) == WORDED[name]


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        *((name, "<|endoftext|>") for name in ("default", "alpaca", "llama2-zh", "baichuan")),
        ("chatml", "<|im_end|>"),
        ("qwen3", "<|im_end|>"),
        ("llama3", "<|eot_id|>"),
    ],
)
def test_an_answer_ends_in_its_stop_token_and_nowhere_else(name: str, stop: str) -> None:
    template = TEMPLATES[name]
    ids = template.answer_ids(ALL, "先深呼吸，再写下来。")
    assert ALL.decode(ids) == f"先深呼吸，再写下来。{stop}"
    assert [each for each in ids if each in template.stop_ids(ALL)] == ids[-1:]
    assert template.stop_ids(ALL)[0] == ids[-1]
    assert ALL.eos_token_id in template.stop_ids(ALL)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    text=st.lists(
        st.sampled_from([*MARKS, "<|endoftext|>", "{instruction}", "{query}", "你好", "a ", "\n"]),
        max_size=6,
    ).map("".join)
)
def test_what_somebody_types_is_text_whatever_it_looks_like(text: str) -> None:
    template = TEMPLATES["chatml"]
    plain = template.prompt_ids(ALL, instruction="", passage="")
    typed = template.prompt_ids(ALL, instruction="", passage=text)
    marks = set(ALL.added_tokens_decoder)
    assert [each for each in typed if each in marks] == [each for each in plain if each in marks]
    assert text in ALL.decode(typed)
    assert template.stop_ids(ALL)[0] not in template.answer_ids(ALL, text)[:-1]


def test_without_an_instruction_the_source_s_own_stands_there() -> None:
    ids = TEMPLATES["default"].prompt_ids(ALL, instruction="", passage=PASSAGE)
    assert ALL.decode(ids).startswith("A chat between a curious user and an artificial")
    ids = TEMPLATES["alpaca"].prompt_ids(ALL, instruction="", passage=PASSAGE)
    assert f"### Instruction:\n{PASSAGE}\n\n###" in ALL.decode(ids)


def test_a_tokenizer_s_own_template_leaves_out_a_thinking_model_s_thoughts() -> None:
    tokenizer = bytewise(*MARKS, chat=QWEN3)
    own, same = TEMPLATES["tokenizer"], TEMPLATES["qwen3"]
    asked = {"instruction": INSTRUCTION, "passage": f"{PASSAGE}<|im_end|>"}
    assert own.prompt_ids(tokenizer, **asked) == same.prompt_ids(tokenizer, **asked)
    assert own.stop_ids(tokenizer) == same.stop_ids(tokenizer)


def test_a_template_that_takes_no_system_s_message_gets_both_in_one() -> None:
    tokenizer = bytewise("<s>", "</s>", chat=WITHOUT_SYSTEM, bos_token="<s>", eos_token="</s>")
    own = TEMPLATES["tokenizer"]
    ids = own.prompt_ids(tokenizer, instruction=INSTRUCTION, passage=PASSAGE)
    assert tokenizer.decode(ids) == f"<s>[user]{INSTRUCTION}\n{PASSAGE}</s>[assistant]"
    assert own.stop_ids(tokenizer) == (tokenizer.eos_token_id,)


def test_baichuan_s_prompt_is_tokenised_piece_by_piece_as_when_it_was_trained(
    tmp_path: Path,
) -> None:
    """LLaMA-Factory of September 2023 encoded prefix, separator, prompt and answer apart."""
    baichuan_folder(tmp_path)
    (tmp_path / "out").mkdir()
    write_tokenizer(tmp_path, tmp_path / "out", family="baichuan", max_length=128)
    tokenizer = load_tokenizer(tmp_path / "out")
    pieces = [INSTRUCTION, "\n", f"Human: {PASSAGE}\nAssistant: "]
    apart = [each for text in pieces for each in tokenizer.encode(text, add_special_tokens=False)]
    template = TEMPLATES["default"]
    assert template.prompt_ids(tokenizer, instruction=INSTRUCTION, passage=PASSAGE) == apart
    answer = template.answer_ids(tokenizer, "写下来。")
    assert answer == [*tokenizer.encode("写下来。", add_special_tokens=False), 2]
    assert tokenizer.decode(answer, skip_special_tokens=True) == "写下来。"


def test_a_template_that_does_not_fit_names_those_that_do(tiny_llama: Path) -> None:
    tokenizer = load_tokenizer(tiny_llama)
    with pytest.raises(ModelError, match=r"chatml needs <\|im_start\|> as one token.*default, alp"):
        TEMPLATES["chatml"].prompt_ids(tokenizer, instruction="", passage=PASSAGE)
    with pytest.raises(ModelError, match="no chat template of its own"):
        TEMPLATES["tokenizer"].prompt_ids(tokenizer, instruction="", passage=PASSAGE)
    assert fitting(tokenizer) == ["default", "alpaca", "llama2-zh"]


def test_a_tokenizer_without_an_end_is_told_before_anything_is_learnt() -> None:
    endless = bytewise(*MARKS, eos_token=None)
    with pytest.raises(ModelError, match="no end-of-text token"):
        TEMPLATES["default"].prompt_ids(endless, instruction="", passage=PASSAGE)
    assert TEMPLATES["chatml"].answer_ids(endless, "好")[-1] == 257


def test_a_chat_template_that_cannot_be_used_is_told() -> None:
    broken = bytewise(*MARKS, chat="{{ messages[")
    with pytest.raises(ModelError, match="own chat template cannot be used"):
        TEMPLATES["tokenizer"].check(broken)


def test_an_unknown_template_is_told_with_all_names() -> None:
    with pytest.raises(ModelError, match="no template 'llama4'; there are default, alpaca"):
        find_template("llama4")
