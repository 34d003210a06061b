from pathlib import Path

from annotate_app import assets

LARGEST_FOLDER_BYTES = 4_000_000


def test_only_scripts_styles_and_fonts_are_served() -> None:
    assert {Path(name).suffix for name in assets.files()} == assets.KINDS.keys()
    assert not [name for name in assets.files() if "__" in name or name.startswith(("/", "."))]


def test_a_file_of_a_component_and_one_that_is_shared_have_short_names() -> None:
    assert {"browser/browser.js", "fonts/fonts.css"} <= assets.files().keys()


def test_the_fonts_cover_everyday_chinese_and_stay_small() -> None:
    fonts = assets.HERE / "static" / "fonts"
    assert sum(file.stat().st_size for file in fonts.iterdir()) <= LARGEST_FOLDER_BYTES
    style = (fonts / "fonts.css").read_text("utf-8")
    assert style.count("@font-face") == len(list(fonts.glob("*.woff2")))
    assert "SIL Open Font License" in (fonts / "LICENSE.txt").read_text("utf-8")
