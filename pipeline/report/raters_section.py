"""How raters differ: severity, spread, drift, pace."""

from collections.abc import Iterator

from pipeline.report.blocks import Block, Heading
from pipeline.report.context import Context


def blocks(context: Context) -> Iterator[Block]:
    """Yield the section, or a line that says why there is none."""
    yield Heading("raters", "Raters")
    yield context.lacking("Raters", context.findings.raters.why)
