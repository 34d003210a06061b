"""The part of every page that does what only a browser can do."""

from annotate_app.components import module
from annotate_app.deps import Deps
from annotate_app.state import Tab


def render(deps: Deps, tab: Tab) -> None:
    module.place(
        deps,
        "browser/browser.js",
        style="browser/browser.css",
        sections=("frame",),
        who=tab.person.username if tab.person else "",
        leaving=tab.leaving,
        everywhere=tab.everywhere,
    )
