"""The rows that are written at once: each step gives each of them a token."""

from collections.abc import Sequence
from typing import Any

from models.inference import cache as kept
from models.inference.decoding import Decoding, choose
from models.inference.rows import Row


class Batch:
    """Rows of one model, padded on the left so that all end at the same place.

    A row that has ended stays until `tidy` is called, and nothing is written to it.
    """

    def __init__(
        self, model: Any, decoding: Decoding, *, stop_ids: Sequence[int], room: int
    ) -> None:
        self.rows: list[Row] = []
        self._model, self._decoding, self._room = model, decoding, room
        self._stop = frozenset(stop_ids)
        self._fill = stop_ids[0]
        self._device = model.get_input_embeddings().weight.device
        self._cache: Any = None
        self._seen: Any = None

    @property
    def going(self) -> list[Row]:
        return [row for row in self.rows if row.finish is None]

    @property
    def longest(self) -> int:
        """How long the longest row that goes on is by now."""
        return max((row.length for row in self.going), default=0)

    def step(self) -> None:
        """Give each row that goes on its next token; all is as it was if that breaks off."""
        at = kept.length(self._cache)
        given = [[row.tokens[-1] if row.finish is None else self._fill] for row in self.rows]
        try:
            logits = self._logits(self._cache, given, self._starts(at), at)
            tokens = choose(logits, self._seen, self._decoding, [row.draws for row in self.rows])
        except BaseException:
            kept.shorten(self._cache, at)
            raise
        self._give(self.rows, tokens)
        if self._seen is not None:
            self._mark(self._seen, [[token] for token in tokens])

    def join(self, new: Sequence[Row]) -> None:
        """Read the prompts of new rows, give each its first token, and let ended rows go."""
        cache = kept.new_cache(self._model)
        width = max(len(row.prompt) for row in new)
        starts = [width - len(row.prompt) for row in new]
        given = [
            [self._fill] * start + list(row.prompt) for start, row in zip(starts, new, strict=True)
        ]
        logits = self._logits(cache, given, starts, 0)
        seen = self._seen_of(new, logits.shape[-1])
        tokens = choose(logits, seen, self._decoding, [row.draws for row in new])
        self.tidy(cache, new, seen)
        self._give(new, tokens)
        if self._seen is not None:
            self._mark(self._seen[-len(new) :], [[token] for token in tokens])

    def tidy(self, joining: Any = None, new: Sequence[Row] = (), seen: Any = None) -> None:
        """Let ended rows go, and the padding that only they needed; let rows join."""
        going = [place for place, row in enumerate(self.rows) if row.finish is None]
        if self._cache is None or not going:
            self._cache, self._seen = joining, seen
            self.rows = list(new)
            return
        starts = self._starts(kept.length(self._cache))
        cut = min(starts[place] for place in going)
        try:
            kept.keep(self._cache, going, cut=cut, joining=joining)
        except BaseException:
            self._cache = None  # some of its layers are as before, some as they were to be
            raise
        if self._seen is not None:
            import torch

            parts = [self._seen[going], *([] if seen is None else [seen])]
            self._seen = torch.cat(parts)
        self.rows = [*(self.rows[place] for place in going), *new]

    def release(self, most: int) -> list[Row]:
        """Take rows out until no more than so many go on; all, where what was kept is broken."""
        going = self.going
        out = going if self._cache is None else going[most:]
        for row in out:
            row.finish = "length"  # so that it is left out
        self.tidy()
        return out

    def _starts(self, at: int) -> list[int]:
        """Return where each row begins: the last token of each is still to be read."""
        return [at - (row.length - 1) if row.finish is None else at for row in self.rows]

    def _logits(
        self, cache: Any, given: Sequence[Sequence[int]], starts: Sequence[int], at: int
    ) -> Any:
        """Return what the model makes of tokens that follow `at` kept ones: [rows, vocabulary]."""
        import torch

        ids = torch.tensor(given, device=self._device)
        end = at + ids.shape[1]
        begins = torch.tensor(starts, device=self._device).unsqueeze(-1)
        mask = (torch.arange(end, device=self._device).unsqueeze(0) >= begins).long()
        places = (torch.arange(at, end, device=self._device).unsqueeze(0) - begins).clamp(min=0)
        with torch.inference_mode():
            found = self._model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=places,
                cache=cache,
                use_cache=True,
                logits_to_keep=1,
            )
        return found.logits[:, -1]

    def _give(self, rows: Sequence[Row], tokens: Sequence[int]) -> None:
        for row, token in zip(rows, tokens, strict=True):
            if row.finish is not None:
                continue
            if token in self._stop:
                row.finish = "stop"
                continue
            row.tokens.append(token)
            if len(row.tokens) >= self._room:
                row.finish = "length"

    def _seen_of(self, rows: Sequence[Row], vocabulary: int) -> Any:
        if self._decoding.repetition_penalty == 1.0:
            return None
        import torch

        seen = torch.zeros((len(rows), vocabulary), dtype=torch.bool, device=self._device)
        self._mark(seen, [row.prompt for row in rows])
        return seen

    def _mark(self, seen: Any, tokens: Sequence[Sequence[int]]) -> None:
        import torch

        for row, each in zip(seen, tokens, strict=True):
            row[torch.tensor(list(each), device=self._device)] = True
