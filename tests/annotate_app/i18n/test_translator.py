import pytest

from annotate_app.i18n.translator import language_of, translator


def test_texts_come_in_both_languages_with_their_values() -> None:
    assert translator("zh")("rate.position", position=12, total=144) == "第 12 条，共 144 条"
    assert translator("en")("rate.position", position=12, total=144) == "12 of 144"


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
