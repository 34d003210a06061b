"""The house rules that no linter knows: each says in its name what it keeps."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("annotate_app", "db", "models", "pipeline")
FILES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations/versions" not in path.as_posix()
)
SHOWING = [path for path in FILES if "annotate_app" in path.parts]
SCRIPTS = sorted(
    path
    for kind in ("*.js", "*.css")
    for path in (ROOT / "annotate_app").rglob(kind)
    if "static" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LANGUAGES = ("zh", "en")
SHOWN = {"title", "header", "subheader", "button", "caption", "text", "write", "markdown"}
SHOWN |= {"info", "success", "warning", "error", "radio", "text_input", "text_area", "checkbox"}
SHOWN |= {"expander", "form_submit_button", "selectbox", "metric", "segmented_control", "toast"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node


def words(language: str) -> dict[str, str]:
    """The texts of one language, with their dotted keys."""

    def flat(table: dict[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", str(value)

    path = ROOT / "annotate_app" / "i18n" / f"{language}.toml"
    return dict(flat(tomllib.loads(path.read_text("utf-8"))))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_short_and_says_in_its_first_line_what_it_is_for(path: Path) -> None:
    text = path.read_text("utf-8")
    lines = text.splitlines()
    longest = 120 if "views" in path.parts else 350
    assert len(lines) <= longest
    if path.name == "__init__.py":
        assert not lines, "an __init__.py stays empty"
        return
    assert re.match(r'"""[^"\n]+\.("""|$)', lines[0]), "the first line says what the file is for"
    comments = sum(line.lstrip().startswith("#") for line in lines)
    assert comments <= len(lines) / 10, "comments give reasons, and are few"


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_or_style_is_short_and_says_in_its_first_line_what_it_is_for(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 350
    assert max(map(len, lines)) <= 120
    first = r"// .+\." if path.suffix == ".js" else r"/\* .+\. \*/"
    assert re.fullmatch(first, lines[0]), "the first line says what the file is for"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_the_tabs_state_is_named_in_one_file_only(path: Path) -> None:
    if path != ROOT / "annotate_app" / "state.py":
        assert "session_state" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", SHOWING, ids=name)
def test_a_screens_texts_come_from_the_language_files(path: Path) -> None:
    literal = [
        ast.unparse(call)
        for attribute, call in calls(ast.parse(path.read_text("utf-8")))
        if attribute in SHOWN
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "st"
        and call.args
        and isinstance(call.args[0], (ast.Constant, ast.JoinedStr))
    ]
    assert not literal


def test_every_language_has_the_same_texts_and_placeholders() -> None:
    first, *others = [words(language) for language in LANGUAGES]
    for other in others:
        assert first.keys() == other.keys()
        for key, text in first.items():
            assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", other[key])), key


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    source = "\n".join(p.read_text("utf-8") for p in [*SHOWING, *SCRIPTS]).replace("${", "{")
    used = set(re.findall(r"""\bt\(\s*f?["'`]([\w.{}]+)["'`]""", source))
    known, plain = words("zh").keys(), {key for key in used if "{" not in key}
    patterns = [
        re.compile(re.sub(r"{\w+(\.\w+)*}", r"\\w+", key.replace(".", r"\.")))
        for key in used - plain
    ]
    unused = [
        k for k in known - plain if not any(p.fullmatch(k) for p in patterns) and k not in source
    ]
    missing = sorted(plain - known)
    assert (unused, missing) == ([], [])


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_a_test_asserts_something(path: Path) -> None:
    silent = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            asserts = any(isinstance(inner, ast.Assert) for inner in ast.walk(node))
            raises = any(attribute in {"raises", "expect"} for attribute, _ in calls(node))
            expects = "expect(" in ast.unparse(node)
            if not (asserts or raises or expects):
                silent.append(node.name)
    assert not silent


@pytest.mark.parametrize("path", [p for p in TESTS if p.name.startswith("test_")], ids=name)
def test_the_tests_mirror_the_source(path: Path) -> None:
    inside = path.relative_to(ROOT / "tests")
    if inside.parts[0] in {"browser", "soak"} or len(inside.parts) == 1:
        return
    source = ROOT / inside.parent / inside.name.removeprefix("test_")
    assert source.exists() or source.with_suffix("").is_dir(), f"no {source} for {inside}"


def test_no_test_folder_hides_a_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
