"""The codebook: every text is there, every name means one distortion, every change is noticed."""

from collections import Counter
from collections.abc import Iterator
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook.distortions import (
    LANGUAGES,
    Label,
    by_name,
    changes,
    folded,
    resolve,
    shipped,
)

IDS = (
    "all_or_nothing",
    "overgeneralization",
    "emotional_reasoning",
    "catastrophizing",
    "mind_reading",
    "fortune_telling",
    "mental_filter",
    "disqualifying_positive",
    "magnification",
    "should_statements",
    "labeling",
    "personalization",
    "blaming_others",
    "attribution_error",
    "tunnel_vision",
    "jumping_to_conclusions",
)
# What each version holds. A study keeps the version that it was labelled with, and a store refuses
# another content under the same one: so a version never changes, and a change is a new version.
PUBLISHED = {"1": "dcd1b06d0db55c72c78781b6e25792fa034cd95dbb4a40549f7ac274c3f432b2"}
SOCIAL_MEDIA = {
    "乱贴标签": "labeling",
    "先知错误": "fortune_telling",
    "心理过滤": "mental_filter",
    "放大": "magnification",
    "罪责归己": "personalization",
    "以偏概全": "overgeneralization",
    "读心术": "mind_reading",
    "应该式": "should_statements",
    "非此即彼": "all_or_nothing",
    "否定正面思考": "disqualifying_positive",
    "罪责归他": "blaming_others",
    "情绪化推理": "emotional_reasoning",
}
KEPT_APART = [
    ("catastrophizing", "fortune_telling"),
    ("catastrophizing", "magnification"),
    ("blaming_others", "personalization"),
    ("blaming_others", "attribution_error"),
    ("mental_filter", "tunnel_vision"),
    ("mental_filter", "disqualifying_positive"),
    ("jumping_to_conclusions", "mind_reading"),
    ("jumping_to_conclusions", "fortune_telling"),
]
LABELS = shipped().labels
NAMES = [(label.id, name) for label in LABELS for name in label.names]


def texts(label: Label, language: str) -> Iterator[str]:
    yield from (label.name[language], label.definition[language], label.boundary[language])
    yield from (*label.examples[language], label.near_miss[language])


def neighbours(label: Label, language: str) -> set[str]:
    """The ids of the other labels that the boundary names."""
    boundary = label.boundary[language].casefold()
    return {
        other.id
        for other in LABELS
        if other is not label and other.name[language].casefold() in boundary
    }


def test_the_ids_stay_as_they_are() -> None:
    assert shipped().ids == IDS
    assert shipped().label("labeling").name["zh"] == "贴标签"


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_and_short(label: Label, language: str) -> None:
    assert all(text == text.strip() != "" for text in texts(label, language))
    assert len(label.examples[language]) == 2
    longest = 110 if language == "zh" else 320
    assert max(map(len, texts(label, language))) <= longest


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.id)
def test_chinese_is_chinese_and_english_is_english(label: Label) -> None:
    assert not any(character.isascii() and character.isalpha() for character in _text(label, "zh"))
    assert not any("\u2e80" <= character <= "\uffef" for character in _text(label, "en"))
    assert not any(mark in _text(label, "zh") for mark in ",;:?!\"'")


def _text(label: Label, language: str) -> str:
    return "".join(texts(label, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_stands_twice(language: str) -> None:
    counted = Counter(text for label in LABELS for text in texts(label, language))
    assert max(counted.values()) == 1


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.id)
def test_a_boundary_names_the_same_neighbours_in_both_languages(label: Label) -> None:
    assert neighbours(label, "zh") == neighbours(label, "en") != set()


@pytest.mark.parametrize(("one", "other"), KEPT_APART)
def test_what_is_easily_confused_is_told_apart(one: str, other: str) -> None:
    assert other in neighbours(shipped().label(one), "zh")


def test_a_near_miss_quotes_a_thought_and_says_why_it_is_none() -> None:
    for label in LABELS:
        assert label.near_miss["zh"].startswith("“")
        assert label.near_miss["zh"].count("”——") == 1
        assert label.near_miss["en"].startswith("“")
        assert not label.near_miss["en"].endswith("”")


def test_a_published_version_never_changes() -> None:
    version, found = shipped().version, shipped().content_hash
    assert PUBLISHED.get(version) == found, (
        f"distortions.toml is not what its version {version} was: raise `version` there,"
        f" then record the new version in PUBLISHED as {found}"
    )


@pytest.mark.parametrize(("name", "id_"), SOCIAL_MEDIA.items())
def test_the_names_used_with_chinese_social_media_are_known(name: str, id_: str) -> None:
    assert resolve(name) == id_


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Mind reading", "mind_reading"),
        ("mind-reading", "mind_reading"),
        ("Mindreading", "mind_reading"),
        ("MIND_READING", "mind_reading"),
        ("ＭＩＮＤ　ＲＥＡＤＩＮＧ", "mind_reading"),
        ("“应该”陈述", "should_statements"),
        ('"应该" 陈述', "should_statements"),
        ("「应该」陈述", "should_statements"),
        ("“Should” and “must” statements", "should_statements"),
        ("Black-and-white thinking", "all_or_nothing"),
        ("Magnification / minimization", "magnification"),
        (" 灾难化\n", "catastrophizing"),
    ],
)
def test_spellings_of_a_name_are_one(name: str, id_: str) -> None:
    assert resolve(name) == id_


@pytest.mark.parametrize(
    "name", ["", " ", "“”", "反刍", "歪曲", "mind", "读", "none", "无认知歪曲"]
)
def test_what_is_no_name_is_not_guessed(name: str) -> None:
    assert resolve(name) is None


def test_a_name_means_one_distortion() -> None:
    meanings = {(id_, folded(name)) for id_, name in NAMES}
    assert len(meanings) == len({name for _, name in meanings})
    assert by_name([("a", ["A", "One"]), ("b", ["B"])]) == {"a": "a", "one": "a", "b": "b"}
    with pytest.raises(ValueError, match="“One” names both a and b"):
        by_name([("a", ["A", "one"]), ("b", ["“One”"])])


@given(
    st.sampled_from(NAMES),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(" \t　“”‘’'\"-_·/()（）—《》"))),
    st.sampled_from([str, str.upper, str.lower, str.title]),
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
)
def test_marks_case_and_form_never_hide_a_name(
    named: tuple[str, str], marks: list[tuple[int, str]], cased: type[str], form: str
) -> None:
    id_, name = named
    for place, mark in marks:
        name = name[: place % (len(name) + 1)] + mark + name[place % (len(name) + 1) :]
    assert resolve(normalize(form, cased(name))) == id_  # type: ignore[arg-type]


@given(st.text(max_size=30))
def test_any_text_has_one_meaning_or_none(text: str) -> None:
    known = {folded(name): id_ for id_, name in NAMES}
    assert resolve(text) == known.get(folded(text))
    assert folded(f" {text}-") == folded(text)


def test_an_unchanged_codebook_has_no_changes() -> None:
    assert changes([label.as_json() for label in LABELS]) == {}


@pytest.mark.parametrize("key", ["name", "definition", "boundary", "near_miss"])
def test_a_label_made_under_another_text_is_marked(key: str) -> None:
    old = [label.as_json() for label in LABELS]
    old[3][key]["zh"] += "旧"
    assert changes(old) == {"catastrophizing": "changed"}


def test_another_example_marks_a_label_and_another_alias_does_not() -> None:
    old = [label.as_json() for label in LABELS]
    old[0]["aliases"]["zh"].pop()
    old[1]["examples"]["en"][1] = "I always thought so."
    assert changes(old) == {"overgeneralization": "changed"}


def test_labels_that_came_or_went_are_marked() -> None:
    old = [label.as_json() for label in LABELS if label.id != "tunnel_vision"]
    old.insert(0, {"id": "rumination", "name": {"zh": "反刍", "en": "Rumination"}})
    assert changes(old) == {"rumination": "removed", "tunnel_vision": "new"}
    assert changes([]) == dict.fromkeys(IDS, "new")
