"""The scan finds what it should, and leaves alone what only looks like it."""

from pathlib import Path

import pytest

from pipeline.scan import identifies_a_person, names_a_system

EXAMPLES = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "scan_examples.tsv").read_text("utf-8").splitlines()[1:]
]
PERSONAL = [(kind, text) for kind, text in EXAMPLES if kind not in {"names", "plain", "none"}]
NOT_PERSONAL = [text for kind, text in EXAMPLES if kind in {"none", "plain", "names"}]
NAMING = [text for kind, text in EXAMPLES if kind == "names"]
NOT_NAMING = [text for kind, text in EXAMPLES if kind == "plain"]


@pytest.mark.parametrize(("kind", "text"), PERSONAL)
def test_what_identifies_a_person_is_found_alone_and_within_a_post(kind: str, text: str) -> None:
    assert [found.kind for found in identifies_a_person(text)] == [kind]
    post = f"我最近睡不着，很累。\n{text}\n谢谢大家，希望有人回复。"
    assert [found.kind for found in identifies_a_person(post)] == [kind]


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert identifies_a_person(text) == []
    assert identifies_a_person(f"我最近睡不着，很累。{text}，谢谢大家。") == []


@pytest.mark.parametrize("text", NAMING)
def test_a_text_that_names_its_system_is_found(text: str) -> None:
    assert names_a_system(text)
    assert names_a_system(f"你好。{text}\n希望对你有帮助。")


@pytest.mark.parametrize("text", NOT_NAMING)
def test_words_that_only_look_like_a_system_are_left_alone(text: str) -> None:
    assert names_a_system(text) == []


def test_there_are_enough_examples_of_each_sort() -> None:
    assert min(map(len, (PERSONAL, NAMING, NOT_NAMING))) >= 35
    assert len(PERSONAL) + len(NAMING) >= 80
    assert len([text for kind, text in EXAMPLES if kind in {"none", "plain"}]) >= 80


def test_personal_data_is_shown_masked() -> None:
    text = (
        "打138-1234-5678或0571-87654321，身份证11010519491231002X，QQ：123456789，"
        "微信号 lily520abc，邮箱 zhang.san@example.com"
    )
    assert dict(identifies_a_person(text)) == {
        "email": "z****@example.com",
        "id_number": "110***********002X",
        "mobile": "138****5678",
        "landline": "057*****4321",
        "wechat": "li****",
        "qq": "12****",
    }


def test_a_mobile_number_as_a_wechat_name_is_told_once() -> None:
    assert identifies_a_person("微信13812345678，微信：13812345678") == [("mobile", "138****5678")]


def test_names_are_told_as_written_each_once_in_their_order() -> None:
    text = "As an AI language model by OpenAI, I (ChatGPT) say: ChatGPT helps."
    assert names_a_system(text) == ["As an AI language model", "OpenAI", "ChatGPT"]
