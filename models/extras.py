"""Say which extra is missing, where one is."""

from importlib.util import find_spec

from models.errors import ModelError


def need(*modules: str, extra: str, what: str) -> None:
    """Raise ModelError, with the command that installs the extra, if a module is not there.

    `what` is what needs it: "training", "BERTScore".
    """
    if all(find_spec(module) for module in modules):
        return
    raise ModelError(f"{what} needs an extra; run: pip install 'cbt-annotate[{extra}]'")
