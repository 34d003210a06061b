import pytest
from hypothesis import given
from hypothesis import strategies as some

from annotate_app.deps import Deps
from annotate_app.i18n.translator import translator
from annotate_app.services.rating import NotUnderstood, ScoresMissing, StudyNotOpen
from annotate_app.services.sign_in import WrongCredentials
from annotate_app.views.wording import MARKDOWN, plain, problem
from db.engine import Store
from db.errors import KnownError, StoreBusy


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


@pytest.mark.parametrize(
    ("error", "zh", "en"),
    [
        (ScoresMissing(["relevance"]), "还没有打分", "A score is missing"),
        (StudyNotOpen("closed"), "没有开放评分", "not open for rating"),
        (WrongCredentials("no"), "用户名或密码不对", "username or the password is wrong"),
        (StoreBusy("busy"), "稍等片刻", "wait a moment"),
        (NotUnderstood("a forged token"), "出了点问题", "Something went wrong"),
        (KnownError("whatever"), "出了点问题", "Something went wrong"),
    ],
)
def test_each_error_is_one_sentence_in_the_readers_language(
    sqlite_store: Store, error: KnownError, zh: str, en: str
) -> None:
    assert zh in problem(Deps(sqlite_store, "zh", translator("zh")), error)
    assert en in problem(Deps(sqlite_store, "en", translator("en")), error)
