"""The script that Streamlit runs for every page: who is here, and which pages there are."""

import streamlit as st

from annotate_app import state
from annotate_app.services import adjudicating
from annotate_app.views import frame, sign_in

state.recognise()
tab, deps = state.tab(), state.deps()

st.set_page_config(page_title=deps.t("app.name"), page_icon="🌿", layout="wide")
home = st.Page("screens/home.py", title=deps.t("nav.rate"), default=True)
studies = st.Page("screens/studies.py", title=deps.t("nav.studies"))
people = st.Page("screens/people.py", title=deps.t("nav.people"))
study = st.Page("screens/study.py", title=deps.t("study.title"))
adjudicate = st.Page("screens/adjudicate.py", title=deps.t("nav.adjudicate"))
quality = st.Page("screens/quality.py", title=deps.t("quality.title"))
results = st.Page("screens/results.py", title=deps.t("results.title"))
compare = st.Page("screens/compare.py", title=deps.t("nav.compare"))
raters = st.Page("screens/raters.py", title=deps.t("raters.title"))
agreement = st.Page("screens/agreement.py", title=deps.t("agreement.title"))
mine = st.Page("screens/mine.py", title=deps.t("mine.title"))
create = st.Page("screens/create.py", title=deps.t("create.title"))
# A page that is not listed cannot be opened; while nobody is signed in all are listed, so that a
# reload of any of them asks for the sign-in instead of saying that there is no such page.
pages = [home]
if tab.person is None or tab.person.rates:
    pages += [mine]
if tab.person is None or tab.person.leads:
    pages += [adjudicate]
if tab.person is None or tab.person.watches:
    pages += [studies, study, quality, results, agreement]
if tab.person is None or tab.person.researches:
    pages += [people, create, compare, raters]
invited = st.Page("screens/accept.py", title=deps.t("accept.title"), url_path="accept")
page = st.navigation([*pages, invited], position="hidden")

links = []
if tab.person:
    here = {
        home: tab.person.rates,
        adjudicate: bool(adjudicating.of_lead(deps.store, person_id=tab.person.person_id)),
        studies: tab.person.watches,
        compare: tab.person.researches,
        people: tab.person.researches,
    }
    links = [link for link, wanted in here.items() if wanted]
frame.render(deps, links=links if len(links) > 1 else [])
if tab.person is None and page is not invited:
    sign_in.render(deps)
else:
    page.run()
