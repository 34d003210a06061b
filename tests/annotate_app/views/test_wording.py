from hypothesis import given
from hypothesis import strategies as some

from annotate_app.views.wording import MARKDOWN, plain


@given(some.text())
def test_a_label_keeps_its_words_and_nothing_in_it_is_markdown(text: str) -> None:
    shown = plain(text)
    assert "".join(shown.split("\\")).split() == "".join(text.split("\\")).split()
    unescaped = shown.replace("\\\\", "")
    assert all(
        unescaped[place - 1] == "\\"
        for place, letter in enumerate(unescaped)
        if letter != "\\" and MARKDOWN.match(letter)
    )
