"""Make metrics by their names."""

from collections.abc import Callable, Mapping

from pipeline.metrics.metric import Metric, Options

# A maker raises ModelError where an extra or a model is missing; the other metrics still run.
MAKERS: Mapping[str, Callable[[Options], Metric]] = {}


def made(name: str, options: Options) -> Metric:
    """Return the metric of this name. Raises ModelError where it cannot run."""
    return MAKERS[name](options)
