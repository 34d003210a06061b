"""`cbt codebook` as a user runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.codebook.distortions import shipped


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["codebook", *arguments])
    return done.exit_code, done.stdout, done.stderr


def as_json(*arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = cbt(*arguments, "--json")
    found: dict[str, Any] = json.loads(out)
    return code, found


def test_the_whole_codebook_is_shown_in_brief_in_either_language() -> None:
    code, out, err = cbt("show")
    assert (code, err) == (0, "")
    assert out.startswith(f"distortions, version {shipped().version}\n")
    assert "\nMind reading (读心术) mind_reading\n  Being sure" in out
    code, out, _ = cbt("show", "--language", "zh")
    assert code == 0
    assert all(
        f"{label.name['zh']} ({label.name['en']}) {label.id}\n  {label.definition['zh']}\n" in out
        for label in shipped().labels
    )


@pytest.mark.parametrize("name", ["fortune_telling", "先知错误", "Fortune-Telling"])
def test_one_distortion_is_shown_in_full_by_any_of_its_names(name: str) -> None:
    code, out, _ = cbt("show", name, "--language", "zh")
    label = shipped().label("fortune_telling")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "预测未来 (Fortune telling) fortune_telling"
    assert lines[1].startswith("又称：算命式预言, 预言未来, 先知错误")
    assert f"区分：{label.boundary['zh']}" in lines
    assert [line for line in lines if line.startswith("例：")] == [
        f"例：{example}" for example in label.examples["zh"]
    ]
    assert f"不算：{label.near_miss['zh']}" in lines
    assert [" ".join(line.split()) for line in lines[-4:]] == [
        "beck catastrophizing",
        "burns jumping_to_conclusions, fortune_telling",
        "social_media fortune_teller_error",
        "table2 others",
    ]


def test_a_machine_gets_the_texts_in_both_languages() -> None:
    code, found = as_json("show", "归咎他人")
    assert (code, found["version"]) == (0, shipped().version)
    (label,) = found["labels"]
    assert label["definition"] == dict(shipped().label("blaming_others").definition)
    assert label["classes"] == {
        "beck": [],
        "burns": [],
        "social_media": ["blaming_others"],
        "table2": ["others"],
    }
    assert len(as_json("show")[1]["labels"]) == 16


def test_a_distortion_that_is_not_there_is_a_known_error() -> None:
    code, out, err = cbt("show", "反刍")
    assert (code, out) == (1, "")
    assert err.startswith("cbt: the codebook has no distortion of the name 反刍; there are all_or")
    code, found = as_json("show", "反刍")
    assert (code, found["error"]["code"]) == (1, "not_known")


def test_the_crosswalks_are_listed_with_what_has_no_counterpart() -> None:
    code, out, _ = cbt("crosswalks")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[0].endswith("to beck, burns, social_media, table2")
    assert "mental_filter Mental filter mental_filter, tunnel_vision" in lines
    assert "no counterpart there: blaming_others, attribution_error" in lines
    _, out, _ = cbt("crosswalks", "--language", "zh")
    assert "罪责归他" in out
    _, found = as_json("crosswalks")
    assert [each["name"] for each in found["crosswalks"]] == [
        "beck",
        "burns",
        "social_media",
        "table2",
    ]


def test_names_become_ids_and_unknown_ones_are_listed() -> None:
    code, out, err = cbt("map", "以偏概全", "Tunnel vision")
    assert (code, err) == (0, "")
    assert out == "以偏概全       overgeneralization\nTunnel vision  tunnel_vision\n"
    code, out, _ = cbt("map", "反刍", "读心术")
    assert (code, out) == (3, "反刍    unknown\n读心术  mind_reading\n")
    code, found = as_json("map", "反刍", "读心术", "读心术")
    assert code == 3
    assert found == {
        "from": "codebook",
        "to": "codebook",
        "names": [{"name": "读心术", "ids": ["mind_reading"]}],
        "no_counterpart": [],
        "unknown": ["反刍"],
    }


def test_no_counterpart_is_an_answer() -> None:
    code, out, _ = cbt("map", "--to", "burns", "罪责归他", "灾难化", "mind reading")
    assert code == 0
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "罪责归他 no counterpart",
        "灾难化 magnification",
        "mind reading jumping_to_conclusions, mind_reading",
    ]
    code, found = as_json("map", "--to", "burns", "罪责归他")
    assert (code, found["no_counterpart"], found["unknown"]) == (0, ["罪责归他"], [])


def test_the_classes_of_another_list_become_ids() -> None:
    code, found = as_json("map", "--from", "beck", "Selective abstraction", "灾难化", "罪责归他")
    assert (code, found["from"], found["to"]) == (3, "beck", "codebook")
    assert found["names"] == [
        {"name": "Selective abstraction", "ids": ["mental_filter"]},
        {"name": "灾难化", "ids": ["catastrophizing", "fortune_telling"]},
    ]
    assert found["unknown"] == ["罪责归他"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_names_may_come_from_a_file(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes("读心术\r\n\r\n  乱贴标签 \r\n读心术\r\n".encode(encoding))
    code, found = as_json("map", "--to", "social_media", "--file", str(path))
    assert code == 0
    assert found["names"] == [
        {"name": "读心术", "ids": ["mind_reading"]},
        {"name": "乱贴标签", "ids": ["labeling"]},
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("map",), "give names, or a FILE with one name a line"),
        (("map", " "), "give names, or a FILE with one name a line"),
        (("map", "--from", "burns", "--to", "beck", "放大"), "give --from or --to, not both"),
        (("map", "--to", "ellis", "放大"), "'ellis' is not one of 'beck', 'burns', 'social_media'"),
        (("map", "--file", "none.txt"), "File 'none.txt' does not exist"),
        (("show", "--language", "fr"), "'fr' is not one of"),
    ],
)
def test_wrong_usage_gets_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    code, out, err = cbt(*arguments)
    assert (code, out) == (2, "")
    assert said in err.splitlines()[-1]
