"""Write a report's tables, and where their figures come from, as parts of a page."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from pipeline.report.document.anchors import Anchors, language, shown
from pipeline.report.document.blocks import Cell, Column, Group, Source, Table
from pipeline.report.document.columns import heads, on_left

SHORT = 32  # characters that stay on one line
MEDIA = {"csv": "text/csv", "tex": "application/x-tex"}


def table(
    block: Table, *, key: str, label: str, places: Anchors, files: Mapping[str, bytes]
) -> Iterator[str]:
    """Yield the table's lines; `files` are offered below it, by their names."""
    yield f'<div class="block" id="{key}">'
    yield f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{key}-caption">'
    yield "<table>"
    yield (
        f'<caption id="{key}-caption"><span class="caption"><span class="label">{label}.</span>'
        f" {shown(block.caption)}</span></caption>"
    )
    yield f"<thead>{''.join(_head(block.columns))}</thead>"
    for group in block.groups:
        yield from _body(group, block.columns, places)
    yield "</table></div>"
    if block.notes:
        yield f'<div class="notes">{"".join(f"<p>{shown(note)}</p>" for note in block.notes)}</div>'
    if files:
        links = (_file(name, content) for name, content in files.items())
        yield f'<div class="files">{"".join(links)}</div>'


def _head(columns: Sequence[Column]) -> Iterator[str]:
    """Yield a row of headings, or two where neighbours share one."""
    over, under = "", ""
    for shared, places in heads(columns):
        if shared:
            over += (
                f'<th scope="colgroup" colspan="{len(places)}"><span>{shown(shared)}</span></th>'
            )
            under += "".join(_heading(columns[at], at) for at in places)
        else:
            over += "".join(_heading(columns[at], at, rows=2) for at in places)
    if over:
        yield f"<tr>{over}</tr><tr>{under}</tr>"
    else:
        yield f"<tr>{''.join(_heading(column, at) for at, column in enumerate(columns))}</tr>"


def _heading(column: Column, at: int, *, rows: int = 1) -> str:
    left = ' class="left"' if on_left(column, at) else ""
    high = f' rowspan="{rows}"' if rows > 1 else ""
    return f'<th scope="col"{high}{left}>{shown(column.heading)}</th>'


def _body(group: Group, columns: Sequence[Column], places: Anchors) -> Iterator[str]:
    yield "<tbody>"
    if group.title:
        yield f'<tr><th scope="rowgroup" colspan="{len(columns)}">{shown(group.title)}</th></tr>'
    for row in group.rows:
        first, *others = row
        long = _classes(long=len(first.text) > SHORT)
        named = f'<th scope="row"{long}{language(first.text)}>{_figure(first, places)}</th>'
        cells = (
            _cell(cell, column, places) for cell, column in zip(others, columns[1:], strict=True)
        )
        yield f"<tr>{named}{''.join(cells)}</tr>"
    yield "</tbody>"


def _cell(cell: Cell, column: Column, places: Anchors) -> str:
    if not column.text:
        return f"<td>{_figure(cell, places)}</td>"
    classes = _classes(left=True, long=len(cell.text) > SHORT)
    return f"<td{classes}{language(cell.text)}>{_figure(cell, places)}</td>"


def _classes(**wanted: bool) -> str:
    names = [name for name, there in wanted.items() if there]
    return f' class="{" ".join(names)}"' if names else ""


def _figure(cell: Cell, places: Anchors) -> str:
    """Link a figure to its source; the keyboard reaches all of these below the table."""
    if not cell.id:
        return shown(cell.text)
    return (
        f'<a class="figure" tabindex="-1" href="#{places[cell.id]}" title="{shown(cell.id)}">'
        f"{shown(cell.text)}</a>"
    )


def _file(name: str, content: bytes) -> str:
    ending = name.rpartition(".")[2]
    data = b64encode(content).decode("ascii")
    return (
        f'<a download="{shown(name)}" href="data:{MEDIA[ending]};base64,{data}">{shown(name)}</a>'
    )


def sources(found: Iterable[Source], *, name: str, places: Anchors) -> Iterator[str]:
    """Yield a list to unfold: what each figure is, unrounded, and how to compute it again."""
    listed = list(found)
    if not listed:
        return
    many = f"these {len(listed):,} figures come" if len(listed) > 1 else "this figure comes"
    yield f'<details class="sources"><summary>Where {many} from</summary>'
    by_command = sorted(range(len(listed)), key=lambda at: listed[at].command)
    for command, group in groupby(by_command, key=lambda at: listed[at].command):
        caption = f"Computed again by <code>{shown(command)}</code>"
        hidden = f'<span class="visually-hidden"> ({shown(name)})</span>'
        yield (
            '<div class="scroll" role="region" tabindex="0"'
            f' aria-label="{shown(f"Sources of {name}: {command}")}">'
            f'<table><caption><span class="caption">{caption}{hidden}</span></caption><thead><tr>'
            '<th scope="col" class="left">figure</th><th scope="col" class="left">unrounded</th>'
            '<th scope="col" class="left">interval</th><th scope="col" class="left">n</th>'
            '<th scope="col" class="left">method</th>'
            '<th scope="col" class="left">place in its JSON</th>'
            '<th scope="col" class="left">rows behind it</th></tr></thead><tbody>'
        )
        yield from (_source(listed[at], places) for at in group)
        yield "</tbody></table></div>"
    yield "</details>"


def _source(source: Source, places: Anchors) -> str:
    value = f"undefined: {source.reason}" if source.value is None else f"{source.value!r}"
    cells = (
        value,
        _interval(source),
        "" if source.n is None else f"{source.n:,}",
        source.method,
        source.at,
        _rows(source),
    )
    return (
        f'<tr id="{places[source.id]}"><th scope="row"><code>{shown(source.id)}</code>'
        f"<br>{shown(source.about)}</th>{''.join(f'<td>{shown(cell)}</td>' for cell in cells)}</tr>"
    )


def _interval(source: Source) -> str:
    if source.low is None or source.high is None:
        return source.reason if source.value is not None else ""
    level = f" ({100 * source.level:g}%)" if source.level is not None else ""
    return f"{source.low!r} to {source.high!r}{level}"


def _rows(source: Source) -> str:
    """Return which rows of which file a figure is computed from, in words."""
    kept = (
        f"{column} = {value if isinstance(value, str) else ' or '.join(value)}"
        for column, value in source.rows.items()
    )
    return ": ".join(part for part in (source.file, ", ".join(kept)) if part)
