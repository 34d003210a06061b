"""Texts in Chinese and English for tests of metrics, drawn by hypothesis."""

from hypothesis import strategies as st

LETTERS = "我你很难过慢来，。？！“”—…　 \na the OK-cat's, 3.5%&<"
WORDS = st.sampled_from(
    ["the ", "cat", " is", "我", "难过", "慢慢来", "，", "。", " 3.5", "-", "Ｔ"]
)
texts = st.one_of(
    st.text(alphabet=LETTERS, min_size=1, max_size=40),
    st.lists(WORDS, min_size=1, max_size=30).map("".join),
).filter(lambda text: bool(text.strip()))
corpora = st.lists(st.tuples(texts, texts), min_size=1, max_size=6)
