"""Keep what a model knows of its rows: rows end and join, and nothing is copied for a token."""

from collections.abc import Sequence
from functools import cache
from typing import Any

ROOM = 128  # tokens that are made room for at once


def new_cache(model: Any) -> Any:
    """Return an empty cache for a model, whose layers all look back over the whole row."""
    from transformers import Cache

    count = model.config.get_text_config().num_hidden_layers
    return Cache(layers=[_layer_type()() for _ in range(count)])


def length(cache: Any) -> int:
    """Return how many tokens of each row are kept, padding on the left with them."""
    found: int = cache.get_seq_length()
    return found


def shorten(cache: Any, to: int) -> None:
    """Forget what came after so many tokens, as after a step that broke off in the middle."""
    for layer in cache.layers:
        layer.shorten(to)


def keep(cache: Any, rows: Sequence[int], *, cut: int, joining: Any = None) -> None:
    """Keep these rows, cut so many tokens off on the left, and put the rows of another below."""
    others = joining.layers if joining is not None else [None] * len(cache.layers)
    for layer, other in zip(cache.layers, others, strict=True):
        layer.rearrange(rows, cut=cut, other=other)


class Growing:
    """A layer's keys and values, at the left of a room that grows by blocks."""

    keys: Any = None  # the part of the room that is filled, [rows, heads, tokens, width]
    values: Any = None
    is_initialized = False

    def lazy_initialization(self, key_states: Any, value_states: Any) -> None:
        self.device, self.dtype = key_states.device, key_states.dtype
        self._keys, self._values = key_states[:, :, :0], value_states[:, :, :0]
        self._show(0)
        self.is_initialized = True

    def update(self, key_states: Any, value_states: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        start = self.keys.shape[2]
        end = start + key_states.shape[2]
        if end > self._keys.shape[2]:
            self._keys = _wider(self.keys, end + ROOM)
            self._values = _wider(self.values, end + ROOM)
        self._keys[:, :, start:end], self._values[:, :, start:end] = key_states, value_states
        self._show(end)
        return self.keys, self.values

    def get_seq_length(self) -> int:
        return int(self.keys.shape[2]) if self.is_initialized else 0

    def shorten(self, to: int) -> None:
        if self.get_seq_length() > to:
            self._show(to)

    def rearrange(self, rows: Sequence[int], *, cut: int, other: "Growing | None") -> None:
        end = max(self.get_seq_length() - cut, other.get_seq_length() if other else 0)
        keys = _put(self.keys[:, :, cut:], rows, other.keys if other else None, end)
        self._values = _put(self.values[:, :, cut:], rows, other.values if other else None, end)
        self._keys = keys
        self._show(end)

    def _show(self, end: int) -> None:
        self.keys, self.values = self._keys[:, :, :end], self._values[:, :, :end]


@cache
def _layer_type() -> Any:
    from transformers.cache_utils import DynamicLayer

    return type("GrowingLayer", (Growing, DynamicLayer), {})


def _room(like: Any, rows: int, tokens: int) -> Any:
    """Return zeros: what nobody may look at is multiplied with nothing, and must be a number."""
    return like.new_zeros((rows, like.shape[1], tokens, like.shape[3]))


def _wider(held: Any, tokens: int) -> Any:
    made = _room(held, held.shape[0], tokens)
    made[:, :, : held.shape[2]] = held
    return made


def _put(own: Any, rows: Sequence[int], other: Any, end: int) -> Any:
    """Return these rows of its own, and all of another, so that all end at the same place."""
    joining = 0 if other is None else other.shape[0]
    made = _room(own, len(rows) + joining, end + ROOM)
    made[: len(rows), :, end - own.shape[2] : end] = own[list(rows)]
    if other is not None:
        made[len(rows) :, :, end - other.shape[2] : end] = other
    return made
