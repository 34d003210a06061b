"""A study file, right and wrong."""

from pathlib import Path

import pytest

from db.errors import FileRejected
from pipeline.study.studyfile import SHIPPED, Frame, Plan, read, shipped

CRITERION = """
[[criteria]]
id = "warmth"
name = { zh = "温暖", en = "Warmth" }
question = { zh = "温暖吗？", en = "Is it warm?" }
[[criteria.levels]]
value = 0
label = { zh = "否", en = "No" }
anchor = { zh = "冷", en = "Cold" }
example = { zh = "别烦我", en = "Leave me alone" }
[[criteria.levels]]
value = 1
label = { zh = "是", en = "Yes" }
anchor = { zh = "暖", en = "Warm" }
example = { zh = "辛苦了", en = "That was hard" }
"""
ANALYSIS = """
[analysis]
primary = "warmth"
family = ["warmth"]
level = 0.9
seed = 5
resamples = 500
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_file_has_the_papers_criteria_in_both_languages() -> None:
    plan = shipped()
    criteria = plan.criteria or ()
    assert [criterion["id"] for criterion in criteria] == ["relevance", "structure", "helpfulness"]
    for criterion in criteria:
        assert [level["value"] for level in criterion["levels"]] == [0, 1, 2]
        texts = [criterion["name"], criterion["question"]]
        texts += [level[key] for level in criterion["levels"] for key in LEVEL_TEXTS]
        assert all(text["zh"] and text["en"] for text in texts)
    assert "12356" in (plan.guidelines or {})["zh"]
    assert plan.analysis == {
        "primary": "helpfulness",
        "family": ["relevance", "structure", "helpfulness"],
        "level": 0.95,
        "seed": 20240324,
        "resamples": 10000,
    }


LEVEL_TEXTS = ("label", "anchor", "example")


def test_the_shipped_files_own_examples_of_options_are_valid(tmp_path: Path) -> None:
    lines = SHIPPED["rating"].read_text("utf-8").splitlines()
    options = [line.removeprefix("# ") for line in lines if line.startswith("# ") and "= " in line]
    assert len(options) >= 14
    frame = ["[frame]", *options[-4:]]
    plan = read(written(tmp_path, "\n".join([*options[:-4], *frame])))
    assert plan.systems == ("system-a", "system-b")
    assert plan.frame == Frame("psyqa", "main", "test", tmp_path / "ids.txt")


def test_a_file_may_hold_options_only(tmp_path: Path) -> None:
    path = written(tmp_path, 'name = "pilot"\nsystems = ["A"]\nsample = 5\nrepeats = 0')
    assert read(path) == Plan(name="pilot", systems=("A",), sample=5, repeats=0)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "pilot"')
    assert read(path).name == "pilot"


def test_own_criteria_come_with_their_analysis(tmp_path: Path) -> None:
    plan = read(written(tmp_path, CRITERION + ANALYSIS))
    assert [criterion["id"] for criterion in plan.criteria or ()] == ["warmth"]
    assert (plan.analysis or {})["primary"] == "warmth"


ADJUDICATION = 'kind = "distortion"\n[adjudication]\non = ["labels"]\nagreed = 0.2\n'


def test_the_shipped_file_for_labelling_has_guidelines_for_either_text() -> None:
    plan = shipped("distortion")
    assert plan.kind == "distortion"
    assert plan.guidelines_on.keys() == {"question", "answer"}
    for texts in plan.guidelines_on.values():
        assert "12356" in texts["zh"]
        assert "12356" in texts["en"]
    assert plan.adjudication == {"on": ["presence", "labels", "cannot_tell"], "agreed": 0.1}
    assert plan.analysis == {"level": 0.95, "seed": 20240324, "resamples": 10000}


def test_the_examples_of_options_for_labelling_are_valid(tmp_path: Path) -> None:
    lines = SHIPPED["distortion"].read_text("utf-8").splitlines()
    options = [line.removeprefix("# ") for line in lines if line.startswith("# ") and "= " in line]
    frame = ["[frame]", *options[-4:]]
    text = "\n".join(['kind = "distortion"', *options[:-4], *frame])
    plan = read(written(tmp_path, text))
    assert (plan.systems, plan.sample, plan.per_item) == (("system-a",), 500, 2)
    assert plan.frame == Frame("psyqa", "main", "test", tmp_path / "ids.txt")


def test_a_file_for_labelling_says_what_is_adjudicated(tmp_path: Path) -> None:
    plan = read(written(tmp_path, ADJUDICATION))
    assert plan.adjudication == {"on": ["labels"], "agreed": 0.2}


def test_guidelines_for_labelling_hold_for_either_text_or_for_the_one_named(tmp_path: Path) -> None:
    texts = 'zh = "好"\nen = "Good"\n'
    plan = read(written(tmp_path, 'kind = "distortion"\n[guidelines]\n' + texts))
    assert (plan.guidelines, plan.guidelines_on) == ({"zh": "好", "en": "Good"}, {})
    plan = read(written(tmp_path, 'kind = "distortion"\n[guidelines.answer]\n' + texts))
    assert (plan.guidelines, plan.guidelines_on) == (None, {"answer": {"zh": "好", "en": "Good"}})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sample = " + "[" * 5_000, "study.toml has brackets within too many brackets"),
        ("sample = " + "9" * 6_000, "study.toml holds a number of too many digits"),
        (
            "sample = 0x" + "f" * 6_000,
            "study.toml: sample must be a whole number from 1 to 2147483647, not a number of too",
        ),
        ("repeats = 0x" + "f" * 6_000, "study.toml: repeats must be from 0 to 1, not a number of"),
        ("seed = '" + "x" * 6_000 + "'", "study.toml: seed must be a whole number from 0 to"),
        ('[frame]\nids = "a\\u0000b"', "study.toml, frame: ids holds a control character"),
        ('[frame]\nids = "a\\nb"', "study.toml, frame: ids must be on one line"),
        ('raters = ["a\\u0007"]', "study.toml: each of raters must be on one line, without"),
        ('[guidelines]\nzh = "\\u0000"\nen = "x"', "study.toml, guidelines: zh holds a control"),
        ('"a\\nb" = 1', "study.toml: there is no key 'a\\nb' here"),
        ("sampel = 3", "study.toml: there is no key sampel here; did you mean sample?"),
        ("name = ", "study.toml is not a TOML file: Invalid value (at end of document)"),
        ('name = " "', "study.toml: name must be a text in quotes that is not empty"),
        ("sample = 0", "study.toml: sample must be a whole number from 1 to 2147483647, not 0"),
        ("seed = true", "study.toml: seed must be a whole number from 0 to 2147483647, not True"),
        ("repeats = 1.5", "study.toml: repeats must be from 0 to 1, not 1.5"),
        ("repeats = nan", "study.toml: repeats must be from 0 to 1, not nan"),
        ('repeats = "5%"', "study.toml: repeats must be a number, not '5%'"),
        ('systems = "A,B"', 'study.toml: systems must be a list of texts, for example ["a", "b"]'),
        ('systems = ["A", "A"]', "study.toml: systems names A more than once"),
        ('kind = "ranking"', "study.toml: kind must be rating or distortion, not ranking"),
        ('frame = "all"', "study.toml: frame must be a table, not 'all'"),
        ("[frame]\nsplits = 'x'", "study.toml, frame: there is no key splits here; did you mean"),
        ('[guidelines]\nzh = "好"', "study.toml: guidelines has no text in en"),
        ("criteria = []" + ANALYSIS, "study.toml: there must be at least one [[criteria]]"),
        (
            ADJUDICATION.replace('"labels"', '"labels", "label"'),
            "study.toml, adjudication: there is no kind of disagreement label; there are presence,"
            " labels, primary, cannot_tell",
        ),
        (ADJUDICATION.replace('"labels"', ""), "study.toml, adjudication: on must name one or"),
        (ADJUDICATION.replace("0.2", "20"), "study.toml, adjudication: agreed must be from 0 to 1"),
        (
            ADJUDICATION.replace("agreed", "agree"),
            "study.toml, adjudication: agreed is missing",
        ),
        (
            ADJUDICATION.replace("distortion", "rating"),
            "study.toml: only a distortion study is adjudicated; leave out [adjudication], or add",
        ),
        (
            'kind = "distortion"\n[guidelines.questions]\nzh = "好"\nen = "Good"',
            "study.toml: guidelines has no text in zh",
        ),
        (
            'kind = "distortion"\n[guidelines.question]\nzh = "好"',
            "study.toml, guidelines: question has no text in en",
        ),
        (
            'kind = "distortion"\n[guidelines]\nanswer = { zh = "好", en = "x" }\nzh = "好"',
            "study.toml, guidelines: there is no key zh here; known are question, answer",
        ),
        (CRITERION, "study.toml: own criteria need an [analysis] that says which one is primary"),
        (
            "kind = 'distortion'" + CRITERION + ANALYSIS.replace('"warmth"', '"x"'),
            "study.toml, analysis: there is no key primary here",
        ),
        (
            CRITERION.replace("value = 1", "value = 0") + ANALYSIS,
            "study.toml, criterion 1 (warmth): the values must rise, each once, not 0, 0",
        ),
        (
            CRITERION.replace('en = "Warm" }', 'e = "Warm" }') + ANALYSIS,
            "study.toml, criterion 1 (warmth), level 2: anchor has no text in en",
        ),
        (
            CRITERION.replace('example = { zh = "别烦我", en = "Leave me alone" }', "") + ANALYSIS,
            "study.toml, criterion 1 (warmth), level 1: example is missing",
        ),
        (
            CRITERION.replace('"warmth"', '"Warmth"') + ANALYSIS,
            "study.toml, criterion 1 (Warmth): an id has small letters, digits and _ only",
        ),
        (
            CRITERION.replace('"warmth"', '"comment"') + ANALYSIS,
            "study.toml, criterion 1 (comment): the id comment is a column of the ratings file",
        ),
        (CRITERION * 2 + ANALYSIS, "study.toml: two criteria have the id warmth"),
        (
            CRITERION.split("[[criteria.levels]]\nvalue = 1", maxsplit=1)[0] + ANALYSIS,
            "study.toml, criterion 1 (warmth): a scale needs at least two [[criteria.levels]]",
        ),
        (
            CRITERION + ANALYSIS.replace('["warmth"]', '["warmth", "depth"]'),
            "study.toml, analysis: there is no criterion depth; the criteria are warmth",
        ),
        (
            ANALYSIS.replace('"warmth"\n', '"structure"\n').replace("warmth", "relevance"),
            "study.toml, analysis: the family must hold the primary criterion, structure",
        ),
        (
            CRITERION + ANALYSIS.replace("0.9", "95"),
            "study.toml, analysis: level must be from 0.5 to 0.9999, not 95",
        ),
    ],
)
def test_a_wrong_file_gets_one_sentence_with_the_place(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(FileRejected) as caught:
        read(written(tmp_path, text))
    assert caught.value.message.startswith(sentence)
    assert len(caught.value.message) < 300


def test_a_file_that_is_not_there_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRejected, match="cannot be read: No such file"):
        read(tmp_path / "none.toml")
    path = tmp_path / "gb.toml"
    path.write_bytes('name = "研究"'.encode("gb18030"))
    with pytest.raises(FileRejected, match=r"gb\.toml is not UTF-8 text; save it as UTF-8"):
        read(path)
