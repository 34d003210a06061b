"""How long the mixed model takes, beside the same written as a loop and a simpler one.

    python -m benchmarks.mixed_model [--rounds 3]

The shapes are the paper's three criteria at once (3,000 scores), one of them (1,000), and one
criterion of a large study. "All" is what `cbt results --model` shows: the fit with standard errors,
and the four fits without systems, raters, and either random effect, for the tests.

One rival is the same likelihood as one would write it down: a loop over questions, systems and
nodes, 15 plain Gauss-Hermite nodes for each effect, climbed by SciPy's BFGS with finite
differences. One look is timed, and multiplied by the looks that this BFGS takes for our likelihood.
The other is the model without random effects by statsmodels, where that is installed (it is no
dependency).
"""

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from pipeline.stats.model.cumulative import Scores, log_likelihood, parameters, scores
from pipeline.stats.model.cumulative_fit import fit as maximum
from pipeline.stats.model.cumulative_modes import place
from pipeline.stats.model.ordinal import OrdinalFit, fit
from pipeline.stats.model.quadrature import normal_rule
from pipeline.stats.ratings import Ratings

SHAPES = ((100, 2, 5), (300, 2, 5), (100, 16, 3))  # questions, systems, raters
PLAIN = 15

Places = NDArray[np.int64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    for questions, systems, raters in SHAPES:
        ratings, system, question = study(questions, systems, raters)
        sizes = f"{questions} questions, {systems} systems, {raters} raters"
        print(f"{ratings.codes.size:,} scores: {sizes}")
        measure(ratings, system, question, rounds)


def study(questions: int, systems: int, raters: int) -> tuple[Ratings, Places, Places]:
    rng = np.random.default_rng(20240324)
    question, system = np.divmod(np.arange(questions * systems), systems)
    latent = (
        0.1 * system + rng.normal(0, 1, questions)[question] + rng.normal(0, 0.7, question.size)
    )
    latent = latent + rng.normal(0, 0.8, (raters, 1)) + rng.logistic(size=(raters, question.size))
    codes = (latent > -1).astype(np.int64) + (latent > 1)
    return Ratings(codes, np.arange(3.0)), system, question


def measure(ratings: Ratings, system: Places, question: Places, rounds: int) -> None:
    data = design(ratings, system, question)
    ours, ours_one, rivals, simpler = [], [], [], []
    looks = looks_by_differences(data)
    for _ in range(rounds):
        ours_one.append(timed(lambda: maximum(data)))
        ours.append(timed(lambda: fit(ratings, systems=system, questions=question, level=0.95)))
        rivals.append(timed(lambda: by_loop(data)) * looks)
        if find_spec("statsmodels"):
            simpler.append(timed(lambda: without_random(data)))
    found = fit(ratings, systems=system, questions=question, level=0.95)
    assert isinstance(found, OrdinalFit)
    print(f"  one fit with errors: {shown(ours_one)}")
    print(f"  all: {shown(ours)}, {found.evaluations} looks at a likelihood")
    print(
        f"  the loop: {median(rivals):,.0f} s ({looks} looks, extrapolated from one),"
        f" {median(rivals) / median(ours_one):,.0f} times one fit"
    )
    if simpler:
        times = median(simpler) / median(ours_one)
        print(f"  statsmodels without random effects: {shown(simpler)}, {times:.2f} times one fit")
    free = at(data)
    rule = normal_rule(PLAIN)
    nodes = place(parameters(free, data), data, rule, rule)
    apart = abs(by_loop(data) - log_likelihood(free, data, nodes).log)
    print(f"  log likelihood {found.log_likelihood:.4f}, at one place {apart:.1e} off the loop's")


def design(ratings: Ratings, system: Places, question: Places) -> Scores:
    rater, unit = np.nonzero(ratings.given)
    columns = [
        (places[:, None] == np.arange(1, places.max() + 1)).astype(float)
        for places in (system[unit], rater)
    ]
    codes = ratings.codes[rater, unit]
    return scores(codes, np.hstack(columns), groups=question[unit], cells=system[unit])


def at(data: Scores) -> NDArray[np.float64]:
    return np.concatenate([[-1.0, 0.7], np.zeros(data.fixed.shape[1]), [1.0, 0.7]])


def looks_by_differences(data: Scores) -> int:
    """Count the looks of BFGS with finite differences, on our likelihood with its nodes fixed."""
    rule = normal_rule(5)
    nodes = place(parameters(at(data), data), data, rule, rule)
    n = data.codes.size
    found = minimize(
        lambda free: -log_likelihood(free, data, nodes).log / n, at(data), method="BFGS"
    )
    return int(found.nfev)


def by_loop(data: Scores) -> float:
    free = at(data)
    found = parameters(free, data)
    edges = np.concatenate([[-np.inf], found.thresholds, [np.inf]])
    nodes, weights = np.polynomial.hermite_e.hermegauss(PLAIN)
    weights = weights / weights.sum()
    fixed = data.fixed @ found.effects
    total = 0.0
    for group in range(data.times.size):
        of_group = 0.0
        for z, weight in zip(nodes, weights, strict=True):
            product = 1.0
            for cell in np.flatnonzero(data.group_of_cell == group):
                members = np.flatnonzero(data.cell == cell)
                of_cell = 0.0
                for w, inner in zip(nodes, weights, strict=True):
                    x = fixed[members] + found.deviations[0] * z + found.deviations[1] * w
                    codes = data.codes[members]
                    upper = 1 / (1 + np.exp(x - edges[codes + 1]))
                    lower = 1 / (1 + np.exp(x - edges[codes]))
                    of_cell += inner * float((upper - lower).prod())
                product *= of_cell
            of_group += weight * product
        total += float(data.times[group]) * float(np.log(of_group))
    return total


def without_random(data: Scores) -> None:
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # noqa: PLC0415

    OrderedModel(data.codes, data.fixed, distr="logit").fit(method="bfgs", disp=False)


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def shown(times: list[float]) -> str:
    return f"{median(times):.2f} s ({min(times):.2f} to {max(times):.2f})"


if __name__ == "__main__":
    main()
