"""Let a language model find the distortions that questions show, or that answers name."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from db.engine import Store
from db.turns import one_at_a_time
from pipeline.calling.batch import run as batch
from pipeline.calling.bound import in_force
from pipeline.calling.live import run as live
from pipeline.calling.made import made
from pipeline.calling.work import Progress, RunOf
from pipeline.codebook.distortions import shipped
from pipeline.detecting.looking import LookingWork
from pipeline.detecting.preparing import Prepared, found_by, place, prepare
from pipeline.detecting.wanted import METHOD, STAGE, Looked, Looking

Tell = Callable[[Progress], None]


def run(store: Store, config: Looking, *, key: str | None, tell: Tell) -> Looked:
    """Look at each text that this detector has not looked at; keep what it finds.

    A finding is stored in the moment in which it is paid for. `key` goes to the server only. Raises
    what `prepare` raises, NotAllowed while another run of the detector goes on, and NotCalled where
    the server takes none of these calls.
    """
    with one_at_a_time(store, config.detector):
        return _run(store, config, key, tell)


def _run(store: Store, config: Looking, key: str | None, tell: Tell) -> Looked:
    prepared = prepare(store, config)
    if not prepared.to_do and not (config.batch and prepared.out):
        return _looked(store, config, prepared, {"out": len(prepared.out)})
    work = LookingWork(store, config, prepared)
    call = batch.run if config.batch else live.run
    called = call(
        store,
        work,
        run_of=RunOf(STAGE, config.detector, _settings(config, prepared)),
        limits=config.limits,
        key=key,
        tell=tell,
    )
    told = {
        "output": work.output,
        "added": called.kept,
        "failed": called.set_aside + called.refused + sum(called.failed.values()),
        "quotes_dropped": work.quotes_dropped,
    }
    out = None if config.batch else len(prepared.out)
    return _looked(store, config, prepared, told | made(called, price=config.limits.price, out=out))


def _settings(config: Looking, prepared: Prepared) -> dict[str, Any]:
    """Return all that was in force, so that the run can be repeated from its row alone."""
    return {
        "method": METHOD,
        "detector": config.detector,
        **prepared.configuration,
        "base_url": config.model.base_url,
        "of": prepared.texts.of,
        "system": config.system,
        "study": config.study,
        "batch": config.batch,
        **vars(config.selection),
        "limits": in_force(config.limits),
    }


def _looked(store: Store, config: Looking, prepared: Prepared, told: dict[str, Any]) -> Looked:
    texts = prepared.texts
    with store.reading() as session:
        all_found = found_by(session, config.detector, texts.of)
    findings = [all_found[place(each)] for each in texts.subjects if place(each) in all_found]
    labels = Counter(str(label) for finding in findings for label in finding.labels)
    order = [
        *(id_ for id_ in shipped().ids if labels[id_]),
        *sorted(set(labels) - set(shipped().ids)),
    ]
    presences = Counter(finding.presence for finding in findings)
    about = {
        "detector": config.detector,
        "model": config.model.name,
        "prompt": prepared.prompt.name,
        "output": prepared.configuration["output"],
        "of": texts.of,
        "read": len(texts.subjects),
        "known": prepared.known,
        "planned": len(prepared.to_do),
        "present": presences["yes"],
        "cannot_tell": presences["cannot_tell"],
        "labels": {label: labels[label] for label in order},
    }
    return Looked(**(about | told))
