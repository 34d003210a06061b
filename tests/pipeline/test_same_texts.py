import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.questions import content_hash
from pipeline import demo
from pipeline.same_texts import Asked, grouped

LONG = (
    "我和他在一起三年了，每次吵架他都不说话，我也不知道该怎么开口，最近连饭都吃不下。"
    "朋友劝我算了，可我一想到要分开就整夜睡不着，白天上班也老是走神。"
)
TEXTS = st.text(st.sampled_from("我们a A\n。😊？"), max_size=6)
ASKED = st.builds(Asked, TEXTS, TEXTS)


def same(one: Asked, other: Asked) -> bool:
    return len(grouped([one, other])) == 1


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (Asked("睡不着怎么办？", "三天了。"), Asked("睡不着，怎么办", "三天了"), True),
        (Asked("Ａ君不理我", "怎么办"), Asked("a君不理我怎么办", ""), True),
        (Asked("标题一", LONG), Asked("另一个标题", f" {LONG}！"), True),
        (Asked("标题一", "如题"), Asked("标题二", "如题"), False),
        (Asked("睡不着", ""), Asked("睡得着", ""), False),
        (Asked("？", ""), Asked("！", ""), False),
        (Asked("😊", ""), Asked(" 😊 ", ""), True),
        (Asked("", ""), Asked("", ""), False),
        (Asked(None, None), Asked(None, None), False),
        (Asked("吵架", LONG), Asked("吵架", LONG.replace("三年", "快四年")), True),
        (Asked("吵架", LONG), Asked("吵架", f"{LONG}谢谢大家。"), True),
        (Asked("吵架", LONG[:45]), Asked("吵架", LONG[45:]), False),
    ],
)
def test_a_text_is_known_again_by_its_letters(one: Asked, other: Asked, *, alike: bool) -> None:
    assert same(one, other) is alike


@given(ASKED, ASKED)
def test_what_the_store_takes_for_the_same_text_is_the_same_here(one: Asked, other: Asked) -> None:
    hashes = {content_hash(each.text or "", each.description) for each in (one, other)}
    said = f"{one.text}{one.description}".strip()
    assert not (len(hashes) == 1 and said) or same(one, other)


@given(st.lists(ASKED, max_size=12))
def test_every_question_is_in_one_group_and_the_order_does_not_matter(asked: list[Asked]) -> None:
    groups = grouped(asked)
    assert sorted(place for group in groups for place in group) == list(range(len(asked)))
    turned = grouped(asked[::-1])
    assert sorted(sorted(len(asked) - 1 - place for place in group) for group in turned) == groups


def test_a_third_text_joins_two() -> None:
    copy = LONG.replace("三年", "三年多")
    groups = grouped([Asked("一", LONG), Asked("别的", ""), Asked("二", copy), Asked("三", copy)])
    assert groups == [[0, 2, 3], [1]]


def test_a_few_changed_letters_are_found_among_real_questions_and_nothing_else() -> None:
    file = Path(str(demo.__file__)).with_name("questions.json")
    told = json.loads(file.read_text("utf-8"))
    asked = [Asked(each["question"], each["description"]) for each in told]
    assert len(grouped(asked)) == len(asked), "no two of them are one text"
    dice = random.Random(4)  # noqa: S311
    copies = []
    for each in asked:
        letters = list(each.description or "")
        for place in dice.sample(range(len(letters)), k=max(1, len(letters) // 50)):
            letters[place] = "某"
        copies.append(Asked(each.text, "".join(letters)))
    found = [group for group in grouped([*asked, *copies]) if len(group) == 2]
    long = [n for n, each in enumerate(asked) if len(f"{each.text}{each.description}") > 100]
    assert {n for n, other in found if other == n + len(asked)} >= set(long)
