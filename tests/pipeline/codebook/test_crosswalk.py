"""Crosswalks: many to many, with "no counterpart" as an answer on either side."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook.crosswalk import Crosswalk, crosswalks, read
from pipeline.codebook.distortions import LANGUAGES, folded, resolve, shipped

NAMES = ["beck", "burns", "social_media", "table2"]
IDS = shipped().ids
OTHERS = [id_ for id_ in IDS if id_ not in {"labeling", "mind_reading", "tunnel_vision"}]
OWN = """
source = "ours"
without = {without}
[about]
zh = "关于"
en = "About"
[[class]]
id = "names"
name = {{ zh = "名", en = "Names" }}
aliases = ["Name-calling"]
codebook = ["labeling", "mind_reading"]
[[class]]
id = "{second}"
name = {{ zh = "心", en = "Minds" }}
codebook = ["mind_reading"]
[[class]]
id = "rumination"
name = {{ zh = "反刍", en = "{third}" }}
codebook = []
"""


def written(folder: Path, without: list[str], *, second: str = "minds", third: str = "Ru") -> Path:
    path = folder / "own.toml"
    path.write_text(OWN.format(without=without, second=second, third=third), "utf-8")
    return path


def classes(name: str, *ids: str) -> set[str]:
    return set(crosswalks()[name].to_classes(ids))


def ids(name: str, *class_ids: str) -> set[str]:
    return set(crosswalks()[name].to_codebook(class_ids))


def test_the_shipped_ones_are_there() -> None:
    assert list(crosswalks()) == NAMES
    assert [len(crosswalks()[name].classes) for name in NAMES] == [12, 12, 12, 6]


@pytest.mark.parametrize("name", NAMES)
def test_each_accounts_for_the_whole_codebook(name: str) -> None:
    found = crosswalks()[name]
    covered = {id_ for each in found.classes for id_ in each.codebook}
    assert sorted([*covered, *found.without]) == sorted(IDS)
    assert found.source
    assert all(found.about[language] for language in LANGUAGES)
    for id_ in IDS:
        assert (not found.to_classes([id_])) == (id_ in found.without)


@pytest.mark.parametrize("name", NAMES)
def test_a_class_is_found_by_each_of_its_names(name: str) -> None:
    found = crosswalks()[name]
    for each in found.classes:
        for called in each.names:
            assert found.class_named(f" “{called.upper()}” ") == each.id
    assert found.class_named("反刍") is None
    assert found.class_named("") is None


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_the_codebook_has_too_means_the_same_there(name: str) -> None:
    found = crosswalks()[name]
    for each in found.classes:
        for called in each.names:
            id_ = resolve(called)
            assert id_ is None or id_ in each.codebook, called


def test_burns_joins_catastrophizing_to_magnification_and_has_two_jumps() -> None:
    assert classes("burns", "catastrophizing") == classes("burns", "magnification")
    assert ids("burns", "magnification") == {"magnification", "catastrophizing"}
    assert classes("burns", "mind_reading") == {"mind_reading", "jumping_to_conclusions"}
    assert classes("burns", "fortune_telling") == {"fortune_telling", "jumping_to_conclusions"}
    assert classes("burns", "jumping_to_conclusions") == {"jumping_to_conclusions"}
    assert ids("burns", "jumping_to_conclusions") == {
        "jumping_to_conclusions",
        "mind_reading",
        "fortune_telling",
    }
    assert classes("burns", "blaming_others") == set()


def test_beck_joins_fortune_telling_to_catastrophizing_and_has_tunnel_vision() -> None:
    assert classes("beck", "fortune_telling") == classes("beck", "catastrophizing")
    assert ids("beck", "catastrophizing") == {"catastrophizing", "fortune_telling"}
    assert ids("beck", "magnification") == {"magnification"}
    assert classes("beck", "tunnel_vision") == {"tunnel_vision"}
    assert set(crosswalks()["beck"].without) == {
        "blaming_others",
        "attribution_error",
        "jumping_to_conclusions",
    }


def test_the_social_media_labels_have_their_names_and_two_kinds_of_blame() -> None:
    names = {each.name["zh"] for each in crosswalks()["social_media"].classes}
    assert names == {
        *("乱贴标签", "先知错误", "心理过滤", "放大", "罪责归己", "以偏概全"),
        *("读心术", "应该式", "非此即彼", "否定正面思考", "罪责归他", "情绪化推理"),
    }
    assert classes("social_media", "personalization") == {"blaming_oneself"}
    assert classes("social_media", "blaming_others") == {"blaming_others"}
    assert classes("social_media", "catastrophizing") == {"magnification"}
    assert classes("social_media", "attribution_error", "jumping_to_conclusions") == set()


def test_table_2_has_five_classes_and_others() -> None:
    named = ["all_or_nothing", "overgeneralization", "emotional_reasoning"]
    named += ["catastrophizing", "mind_reading"]
    assert [each.id for each in crosswalks()["table2"].classes] == [*named, "others"]
    assert all(classes("table2", id_) == {id_} for id_ in named)
    assert classes("table2", *(id_ for id_ in IDS if id_ not in named)) == {"others"}
    assert crosswalks()["table2"].without == ()
    assert crosswalks()["table2"].class_named("其他") == "others"


def test_an_own_file_may_join_split_and_leave_out(tmp_path: Path) -> None:
    own = read(written(tmp_path, [*OTHERS, "tunnel_vision"]))
    assert own.name == "own"
    assert own.to_classes(["mind_reading"]) == {"names", "minds"}
    assert own.to_classes(["labeling", "tunnel_vision"]) == {"names"}
    assert own.to_classes(["tunnel_vision"]) == frozenset()
    assert own.to_codebook(["names", "rumination"]) == {"labeling", "mind_reading"}
    assert own.to_codebook(["rumination"]) == frozenset()
    assert own.class_named("name calling") == "names"


@pytest.mark.parametrize(
    ("without", "wrong"),
    [
        (OTHERS, "own.toml: neither covers nor leaves out tunnel_vision$"),
        ([*IDS[1:]], "neither covers nor leaves out all_or_nothing; both covers and leaves out"),
        ([*OTHERS, "tunnel_vision", "labeling"], "own.toml: both covers and leaves out labeling$"),
        ([*OTHERS, "tunnel_vision", "rumination"], "own.toml: the codebook has no rumination$"),
    ],
)
def test_a_file_that_does_not_account_for_the_codebook_is_refused(
    tmp_path: Path, without: list[str], wrong: str
) -> None:
    with pytest.raises(ValueError, match=wrong):
        read(written(tmp_path, without))


def test_a_file_in_which_a_class_or_a_name_stands_twice_is_refused(tmp_path: Path) -> None:
    without = [*OTHERS, "tunnel_vision"]
    with pytest.raises(ValueError, match=r"own\.toml: has more than one class names$"):
        read(written(tmp_path, without, second="names"))
    with pytest.raises(ValueError, match=r"own\.toml: NAMES names both names and rumination$"):
        read(written(tmp_path, without, third="NAMES"))


def test_a_file_without_one_language_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, [*OTHERS, "tunnel_vision"])
    path.write_text(path.read_text("utf-8").replace('en = "About"', ""), "utf-8")
    with pytest.raises(ValueError, match="gives a text in other languages than zh and en"):
        read(path)


def test_an_id_that_is_not_there_is_an_error_and_never_no_counterpart() -> None:
    with pytest.raises(ValueError, match="the codebook has no rumination"):
        crosswalks()["burns"].to_classes(["labeling", "rumination"])
    with pytest.raises(ValueError, match="burns has no class tunnel_vision"):
        crosswalks()["burns"].to_codebook(["tunnel_vision"])


@given(st.sampled_from(NAMES), st.sets(st.sampled_from(IDS)), st.sets(st.sampled_from(IDS)))
def test_sets_are_mapped_label_by_label_and_back_to_no_less(
    name: str, some: set[str], more: set[str]
) -> None:
    found: Crosswalk = crosswalks()[name]
    assert found.to_classes(some | more) == found.to_classes(some) | found.to_classes(more)
    assert found.to_codebook(found.to_classes(some)) >= some.difference(found.without)


@given(st.sampled_from(NAMES), st.text(max_size=20))
def test_any_text_names_a_class_or_none(name: str, text: str) -> None:
    found = crosswalks()[name]
    known = {folded(called) for each in found.classes for called in each.names}
    assert (found.class_named(text) is not None) == (folded(text) in known)
