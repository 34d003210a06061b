"""Texts are cut into what their language has."""

from pipeline.metrics.tokens import language_of, units, words


def test_chinese_words_are_those_of_a_dictionary_and_no_blanks() -> None:
    found = words("zh", what="METEOR")
    assert found.cut("我最近总是 睡不着。") == ["我", "最近", "总是", "睡不着", "。"]
    assert words("en", what="METEOR").cut("It's all-or-nothing!") == ["It's", "all-or-nothing", "!"]
    assert (units("zh").name, units("en").name) == ("char", "words")


def test_a_language_is_told_by_most_of_the_words() -> None:
    assert language_of(["用 CBT 的方法问问自己"]) == "zh"
    assert language_of(["Ask yourself what 认知 says"]) == "en"
    assert language_of([]) == language_of(["……"]) == "zh"
