"""Turn records into tokens without ever cutting an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.errors import ModelError
from models.records import Record
from models.templates import Template, Tokenizer
from models.training.recipe import TooLong

LISTED = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One record as tokens: the answer ends in the stop token, and alone is learned."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)


@dataclass(frozen=True)
class Rows:
    """The rows to learn, and the numbers, from 1, of those left out or with a shortened passage."""

    rows: tuple[Row, ...]
    kept: tuple[int, ...]
    left_out: tuple[int, ...] = ()
    shortened: tuple[int, ...] = ()

    @property
    def tokens(self) -> int:
        return sum(map(len, self.rows))

    @property
    def answer_tokens(self) -> int:
        return sum(len(row.answer) for row in self.rows)

    @property
    def longest(self) -> int:
        return max(map(len, self.rows), default=0)


@dataclass(frozen=True)
class Cutter:
    """What fits a model: `max_tokens` for prompt and answer together."""

    template: Template
    tokenizer: Tokenizer
    max_tokens: int
    too_long: TooLong = "drop"

    def rows(self, records: Sequence[Record]) -> Rows:
        """Return the records as tokens; raise ModelError where none is left, or one is refused."""
        whole = [self._row(record) for record in records]
        long = [number for number, row in enumerate(whole) if len(row) > self.max_tokens]
        if long and self.too_long == "refuse":
            raise ModelError(
                f"{len(long):,} of {len(whole):,} rows have more than {self.max_tokens:,} tokens,"
                f" {_numbers(long)}; give more --max-tokens, or --too-long drop or shorten"
            )
        mended = self._mended(records, whole, long)
        left_out = {number for number in long if number not in mended}
        kept = [number for number in range(len(whole)) if number not in left_out]
        if not kept:
            raise ModelError(
                f"no answer is left: all {len(whole):,} rows have more than {self.max_tokens:,}"
                f" tokens, the shortest {min(map(len, whole)):,}; give more --max-tokens"
            )
        return Rows(
            rows=tuple(mended.get(number, whole[number]) for number in kept),
            kept=tuple(number + 1 for number in kept),
            left_out=tuple(number + 1 for number in sorted(left_out)),
            shortened=tuple(number + 1 for number in sorted(mended)),
        )

    def _row(self, record: Record) -> Row:
        prompt = self.template.prompt_ids(
            self.tokenizer, instruction=record.instruction, passage=record.input
        )
        return Row(tuple(prompt), tuple(self.template.answer_ids(self.tokenizer, record.output)))

    def _mended(
        self, records: Sequence[Record], whole: Sequence[Row], long: Sequence[int]
    ) -> dict[int, Row]:
        if self.too_long != "shorten":
            return {}
        found = ((number, self._shortened(records[number], whole[number])) for number in long)
        return {number: row for number, row in found if row is not None}

    def _shortened(self, record: Record, whole: Row) -> Row | None:
        """Return the row with as much of the passage's beginning as fits; None if none of it."""
        fits, too_much = 0, len(record.input)
        best: Row | None = None
        while too_much - fits > 1:
            middle = (fits + too_much) // 2
            row = self._row(replace(record, input=record.input[:middle].rstrip()))
            if len(row) <= self.max_tokens:
                fits, best = middle, Row(row.prompt, whole.answer)
            else:
                too_much = middle
        return best


def _numbers(places: Sequence[int]) -> str:
    more = ", …" if len(places) > LISTED else ""
    return f"{'row' if len(places) == 1 else 'rows'} " + (
        ", ".join(f"{place + 1:,}" for place in places[:LISTED]) + more
    )
