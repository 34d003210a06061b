"""Texts in Chinese and English for tests of metrics, and the score of many from those of each."""

from collections.abc import Sequence

from hypothesis import strategies as st

from pipeline.metrics import whole

LETTERS = "我你很难过慢来，。？！“”—…　 \na the OK-cat's, 3.5%&<"
WORDS = st.sampled_from(
    ["the ", "cat", " is", "我", "难过", "慢慢来", "，", "。", " 3.5", "-", "Ｔ"]
)
texts = st.one_of(
    st.text(alphabet=LETTERS, min_size=1, max_size=40),
    st.lists(WORDS, min_size=1, max_size=30).map("".join),
).filter(lambda text: bool(text.strip()))
corpora = st.lists(st.tuples(texts, texts), min_size=1, max_size=6)


def aggregate(
    name: str, values: Sequence[float], statistics: Sequence[Sequence[float] | None]
) -> float:
    """Return the score of all these answers, as tables have it."""
    sums = whole.adds(name, values, statistics).sum(axis=1, keepdims=True)
    return float(whole.figure(name)(sums)[0])
