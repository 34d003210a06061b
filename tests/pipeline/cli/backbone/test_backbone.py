"""`cbt backbone list`, `show` and `convert` as a user runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.backbones import BACKBONES
from pipeline.cli.main import main
from tests.models.conversion.checkpoints import baichuan_folder, qwen_folder


def cbt(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, ["backbone", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_the_list_names_every_model_and_what_must_be_done_first() -> None:
    code, out, _ = cbt("list")
    assert code == 0
    rows = {line.split()[0]: line for line in out.splitlines() if line}
    assert set(BACKBONES) < set(rows)
    assert rows["baichuan-7b"].endswith("yes           old code: convert first")
    assert rows["llama-chinese-7b"].endswith("an adapter: merge first")
    assert rows["qwen3-8b"].endswith("loads")
    listed = json.loads(cbt("list", "--json")[1])["backbones"]
    assert [each["name"] for each in listed] == list(BACKBONES)
    assert listed[4]["instruction"].endswith("回答以下问题。")


def test_listing_loads_no_library_of_models() -> None:
    code = (
        "import sys; from pipeline.cli.main import main; main(['backbone', 'list'],"
        " standalone_mode=False);"
        " sys.exit(bool({'torch', 'transformers', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_model_that_is_not_here_is_shown_with_how_to_get_it() -> None:
    code, out, _ = cbt("show", "cbt-llm")
    assert code == 0
    assert "template      default" in out
    assert "hf download Hongbin37/CBT-LLM" in " ".join(out.split())
    shown = json.loads(cbt("show", "cbt-llm", "--json")[1])
    assert (shown["here"], shown["needs_conversion"]) == (None, True)


def test_a_folder_is_shown_with_its_weights_and_the_templates_that_fit(tiny_qwen2: Path) -> None:
    code, out, _ = cbt("show", str(tiny_qwen2), "--json")
    shown = json.loads(out)
    assert code == 0
    assert shown["here"]["parameters"] * 4 == shown["here"]["bytes"]
    assert shown["here"]["templates"] == ["default", "alpaca", "chatml", "llama2-zh"]
    assert shown["trouble"] is None
    assert shown["here"]["weights_hash"][:12] in cbt("show", str(tiny_qwen2))[1]


def test_a_conversion_says_what_it_wrote_and_what_is_not_the_same(tmp_path: Path) -> None:
    qwen_folder(tmp_path / "old")
    code, out, err = cbt("convert", str(tmp_path / "old"), "--out", str(tmp_path / "new"))
    assert (code, err) == (0, "")
    assert out.startswith("wrote the qwen model as qwen2: 66,912 weights in float32, 0.3 MiB, to")
    assert "note: beyond 128 tokens" in out
    assert f"cbt train --backbone {tmp_path / 'new'}" in out
    shown = json.loads(cbt("show", str(tmp_path / "new"), "--json")[1])
    assert (shown["template"], shown["lora_targets"]) == ("chatml", ["q_proj", "k_proj", "v_proj"])


def test_a_dry_run_names_what_it_would_read_and_writes_nothing(tmp_path: Path) -> None:
    baichuan_folder(tmp_path / "old")
    out = tmp_path / "new"
    code, text, _ = cbt("convert", str(tmp_path / "old"), "--out", str(out), "--dry-run")
    assert (code, out.exists()) == (0, False)
    assert "baichuan to llama" in text
    assert "pytorch_model-00001-of-00002.bin" in text
    planned = json.loads(
        cbt("convert", str(tmp_path / "old"), "--out", str(out), "--dry-run", "--json")[1]
    )
    assert (planned["written"], planned["native"]) == (False, "llama")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("nothing", "there is no base model 'nothing' and no folder of that name"),
        ("qwen-7b", "hf download Qwen/Qwen-7B"),
        ("./nothing", "there is no folder nothing"),
        (".", "holds no model: it has no config.json"),
    ],
)
def test_a_source_that_is_no_model_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = cbt("convert", source, "--out", str(tmp_path / "new"))
    assert (code, out) == (1, "")
    assert sentence in err
    assert err.count("\n") == 1
    code, out, _ = cbt("convert", source, "--out", str(tmp_path / "new"), "--json")
    assert json.loads(out)["error"]["code"] == "model"
