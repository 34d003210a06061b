import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.questions import content_hash
from pipeline.same_texts import grouped, keys

LONG = "我和他在一起三年了，每次吵架他都不说话，我也不知道该怎么开口，最近连饭都吃不下。"
TEXTS = st.text(st.sampled_from("我们a A\n。😊？"), max_size=6)


def shared(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return bool(set(keys(*one)) & set(keys(*other)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("睡不着怎么办？", "三天了。"), ("睡不着，怎么办", "三天了"), True),
        (("Ａ君不理我", "怎么办"), ("a君不理我怎么办", ""), True),
        (("标题一", LONG), ("另一个标题", f" {LONG}！"), True),
        (("标题一", "如题"), ("标题二", "如题"), False),
        (("睡不着", ""), ("睡得着", ""), False),
        (("？", ""), ("！", ""), False),
        (("😊", ""), (" 😊 ", ""), True),
        (("", ""), ("", ""), False),
    ],
)
def test_a_text_is_known_again_by_its_letters(
    one: tuple[str, str], other: tuple[str, str], *, same: bool
) -> None:
    assert shared(one, other) is same


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_what_the_store_takes_for_the_same_text_is_the_same_here(
    text: str, about: str, other: str, about_other: str
) -> None:
    alike = content_hash(text, about) == content_hash(other, about_other)
    if alike and (text + about).strip():
        assert shared((text, about), (other, about_other))


@given(st.lists(st.sets(st.integers(0, 12).map(str), max_size=3), max_size=25))
def test_groups_hold_each_place_once_and_share_no_key(texts: list[set[str]]) -> None:
    groups = grouped(texts)
    assert sorted(place for group in groups for place in group) == list(range(len(texts)))
    said = [set().union(*(texts[place] for place in group)) for group in groups]
    assert sum(map(len, said)) == len(set().union(*said))
