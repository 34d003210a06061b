"""The script that Streamlit runs for every page: who is here, and which pages there are."""

import streamlit as st

from annotate_app import state
from annotate_app.services import sign_in as signing_in
from annotate_app.views import frame, sign_in

tab = state.tab()
deps = state.deps()
if tab.person:
    tab.person = signing_in.still_signed_in(deps.store, person_id=tab.person.person_id)
    if tab.person is None:
        state.sign_out()
        tab = state.tab()

st.set_page_config(page_title=deps.t("app.name"), page_icon="🌿", layout="wide")
pages = [st.Page("screens/home.py", title=deps.t("nav.rate"), default=True)]
# A page that is not listed cannot be opened; while nobody is signed in all are listed, so that a
# reload of any of them asks for the sign-in instead of saying that there is no such page.
if tab.person is None or tab.person.watches:
    pages.append(st.Page("screens/studies.py", title=deps.t("nav.studies")))
page = st.navigation(pages, position="hidden")

both = tab.person is not None and tab.person.rates and tab.person.watches
frame.render(deps, links=pages if both else [])
if tab.person is None:
    sign_in.render(deps)
else:
    page.run()
