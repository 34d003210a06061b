from hypothesis import given
from hypothesis import strategies as st

from pipeline.calling.server.secrets import SHORTEST_PIECE, Secret

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
KEYS = st.text(LETTERS + "-_.:/+=!%", min_size=8, max_size=60)
AROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(KEYS, st.data(), AROUND, AROUND)
def test_no_piece_of_a_key_is_left(key: str, data: st.DataObject, before: str, after: str) -> None:
    start = data.draw(st.integers(0, len(key) - SHORTEST_PIECE))
    end = data.draw(st.integers(start + SHORTEST_PIECE, len(key)))
    piece = data.draw(st.sampled_from([key[start:end], key[start:end].upper()]))
    hidden = Secret(key).hidden_in(f"{before}{piece}{after}").casefold()
    pieces = {key[i : i + SHORTEST_PIECE].casefold() for i in range(len(key) - SHORTEST_PIECE + 1)}
    assert not any(one in hidden for one in pieces)


def test_a_masked_key_is_hidden_and_the_words_around_it_stay() -> None:
    secret = Secret("sk-proj-AbCdEf123456wxyz")
    for masked in ("sk-pr*********wxyz", "****wxyz", "sk-p...", "sk-proj-…", "XXXXXXXXwxyz"):
        assert secret.hidden_in(f"wrong key ({masked}): see the docs") == (
            "wrong key ([key]): see the docs"
        )
    assert (
        secret.hidden_in("无效的密钥sk-proj-AbCdEf123456wxyz，请检查") == "无效的密钥[key]，请检查"
    )


def test_a_short_key_is_hidden_as_a_word_only() -> None:
    assert Secret("none").hidden_in("None of: none. nonesuch") == "[key] of: [key] nonesuch"
    assert Secret(None).hidden_in("no key here") == "no key here"
    assert Secret("EMPTY-KEY").hidden_in("an empty answer") == "an empty answer"
