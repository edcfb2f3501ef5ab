"""The app: `streamlit run app/main.py`, or `make app`. One page per idea."""

from __future__ import annotations

import streamlit as st

st.set_page_config(page_title="Basin", page_icon="◉", layout="wide")
st.navigation([st.Page("pages/basin.py", title="Basin", default=True)]).run()
