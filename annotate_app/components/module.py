"""Put a component on the page whose script is a file that the app serves."""

from pathlib import Path
from typing import Any

import streamlit as st

from annotate_app.deps import Deps

HERE = Path(__file__).parent
# Streamlit runs a component's script from a blob:, where only whole addresses can be imported.
SCRIPT = """
export default ({ data: [data], ...component }) =>
  import(new URL(data.module, location.origin)).then((own) => own.mount({ data, ...component }));
"""


def place(deps: Deps, module: str, *, style: str, sections: tuple[str, ...], **own: Any) -> None:
    """Show a component of the page's own style, with the texts of these sections."""
    name = Path(module).stem
    component = st.components.v2.component(
        name, js=SCRIPT, css=(HERE / style).read_text("utf-8"), isolate_styles=False
    )
    component(data=data(deps, module, sections, **own), key=f"own_{name}")


def data(deps: Deps, module: str, sections: tuple[str, ...], **own: Any) -> list[dict[str, Any]]:
    """Return what a component's script is given, as SCRIPT takes it.

    A list: in a dict Streamlit looks for tables, and imports pandas and pyarrow for it (75 MB).
    """
    told = {
        "module": f"{deps.assets}/{module}",
        "base": deps.base_path,
        "language": deps.language,
        "texts": deps.t.texts(*sections),
    }
    return [told | own]
