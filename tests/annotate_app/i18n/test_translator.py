import pytest

from annotate_app.i18n.translator import language_of, translator


def test_texts_come_in_both_languages_with_their_values() -> None:
    assert (
        translator("zh")("desk.place", position=12, total=144, done=3)
        == "第 12 条，共 144 条 · 已完成 3"
    )
    assert (
        translator("en")("desk.place", position=12, total=144, done=3) == "Item 12 of 144 · 3 done"
    )


def test_an_unknown_key_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        translator("zh")("rate.nowhere")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh-CN", "zh"),
        ("zh", "zh"),
        ("en-GB", "en"),
        ("EN", "en"),
        ("de-DE", "zh"),
        ("", "zh"),
        (None, "zh"),
    ],
)
def test_the_browsers_language_is_followed_and_chinese_is_the_default(
    locale: str | None, language: str
) -> None:
    assert language_of(locale) == language
