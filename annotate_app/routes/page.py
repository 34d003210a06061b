"""The route for the page that Streamlit fills in, right for its reader before any script runs."""

import re
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from annotate_app import assets, deps
from annotate_app.i18n.translator import LANGUAGES, Language, language_of, translator
from annotate_app.state import LANGUAGE_COOKIE

STREAMLITS = Path(st.__file__).parent / "static" / "index.html"
ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'>"
    "<text y='.9em' font-size='90'>🌿</text></svg>"
)
HEAD = """<meta name="color-scheme" content="light dark" />
    <meta name="robots" content="noindex" />
    <link rel="stylesheet" href="{assets}/fonts/fonts.css" />
  </head>"""
# A browser that translates a page by itself would change the answers that are rated.
HTML = {"zh": '<html lang="zh-CN" translate="no">', "en": '<html lang="en" translate="no">'}


class PageName(StringConvertor):
    """A page's own name, in one part and without a dot: what has one is a file.

    Streamlit's own login comes back to a name that is no page.
    """

    regex = r"(?!oauth2callback$)[\w-]*"


register_url_convertor("page", PageName())


async def page(request: Request) -> Response:
    """Send Streamlit's page in the reader's language. Nobody keeps it: it names the assets."""
    remembered = request.cookies.get(LANGUAGE_COOKIE)
    known = next((language for language in LANGUAGES if language == remembered), None)
    language = known or language_of(request.headers.get("accept-language"))
    return HTMLResponse(html(language, deps.base_path()), headers={"Cache-Control": "no-cache"})


@cache
def html(language: Language, base_path: str) -> str:
    """Return Streamlit's page with our name, icon, language and fonts, and no inline script.

    Raises LookupError once a new version of Streamlit has another page.
    """
    t = translator(language)
    own = f"{base_path}/assets/{assets.version()}"
    changes = {
        r'<html lang="en">': HTML[language],
        r"<title>Streamlit</title>": f"<title>{t('app.name')}</title>",
        r"\./favicon\.png": ICON,
        r'\s*<!--[^>]*?-->\s*<link rel="service-desc"[^>]*>': "",
        r"\s*<!--[^>]*?-->\s*<script>.*?</script>": "",
        r"(?<=<noscript>).*(?=</noscript>)": f"<p>{t('app.needs_script')}</p>",
        r'"\./static/': f'"{base_path}/static/',
        r"</head>": HEAD.format(assets=own),
    }
    text = STREAMLITS.read_text("utf-8")
    for found, put in changes.items():
        text, times = re.subn(found, put, text, flags=re.DOTALL)
        if not times:
            raise LookupError(f"{STREAMLITS} has no {found}")
    return text


routes = [Route("/{name:page}", page, methods=["GET"])]
