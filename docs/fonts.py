"""Make annotate_app/static/fonts from the package @fontsource-variable/noto-sans-sc.

npm pack @fontsource-variable/noto-sans-sc@5.3.1 && tar xzf fontsource-variable-noto-sans-sc-*.tgz
pip install fonttools==4.68.0 brotli==1.2.1 && python docs/fonts.py package
"""

import json
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

OUT = Path(__file__).parent.parent / "annotate_app" / "static" / "fonts"
WEIGHTS = (400, 700)
FIRST_LINE = "/* Chinese characters, in slices: a browser fetches those that a page shows. */\n"
FACE = """@font-face {{
  font-family: "CBT Sans SC";
  font-weight: 400 700;
  font-display: swap;
  src: url("{file}") format("woff2");
  unicode-range: {range};
}}
"""


def main(package: Path) -> None:
    """Cut each of the package's slices, the most frequent characters first, to GB 2312."""
    slices = json.loads((package / "unicode.json").read_text("utf-8"))
    wanted = gb2312()
    faces = []
    for name in sorted(filter(str.isdecimal, (key.strip("[]") for key in slices)), key=int)[::-1]:
        kept = wanted & characters(slices[f"[{name}]"])
        if kept:
            file = f"noto-sans-sc-{name}.woff2"
            cut(package / "files" / f"noto-sans-sc-{name}-wght-normal.woff2", OUT / file, kept)
            faces.append(FACE.format(file=file, range=",".join(ranges(sorted(kept)))))
    (OUT / "fonts.css").write_text(FIRST_LINE + "".join(faces), "utf-8")
    shutil.copy(package / "LICENSE", OUT / "LICENSE.txt")


def gb2312() -> set[int]:
    """Return the 6,763 characters of everyday Chinese and its punctuation."""
    cells = ((row, cell) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    return {ord(c) for pair in cells for c in bytes(pair).decode("gb2312", "ignore")}


def characters(covered: str) -> set[int]:
    """Return what a unicode-range names."""
    found: set[int] = set()
    for first, last in re.findall(r"U\+([0-9a-f]+)(?:-([0-9a-f]+))?", covered):
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return found


def ranges(points: list[int]) -> list[str]:
    """Return these characters as a unicode-range."""
    gaps = [i for i, (a, b) in enumerate(pairwise(points), 1) if b > a + 1]
    parts = [points[a:b] for a, b in pairwise([0, *gaps, len(points)])]
    return [f"U+{p[0]:x}-{p[-1]:x}" if len(p) > 1 else f"U+{p[0]:x}" for p in parts]


def cut(source: Path, target: Path, kept: set[int]) -> None:
    """Write a font of these characters only, in the weights that the app shows."""
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter()
    cutter.populate(unicodes=kept)
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    font.flavor = "woff2"
    font.save(target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
