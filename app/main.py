"""The app: `streamlit run app/main.py`, or `make app`. One page per idea; what is assumed is the same on all of them."""

from __future__ import annotations

from functools import partial
from types import ModuleType

import address
import sidebar
import streamlit as st
import turns
from views import basin, claims, crowds, information, motion, objections, starts, sweeps

import basin as package

PAGES: dict[str, tuple[str, ModuleType]] = {
    "basin": ("Basin", basin),
    "motion": ("Motion", motion),
    "information": ("Information", information),
    "starts": ("Where agents start", starts),
    "crowds": ("Many agents", crowds),
    "objections": ("Objections", objections),
    "claims": ("Claims", claims),
    "sweeps": ("Sweeps", sweeps),
}


@st.cache_resource(show_spinner="Getting the simulator ready …")
def warm() -> None:
    """Load the compiled kernels, or compile them where that has never been done (it takes a minute)."""
    package.run("value-learner", runs=1)


def main() -> None:
    st.set_page_config(page_title="Basin", page_icon="◉", layout="wide")
    st.html("<style>[data-testid=stMainBlockContainer] { padding-top: 3.5rem; }</style>")  # a telephone has no room to waste
    address.ELSEWHERE.update({name: getattr(page, "ADDRESS", ()) for name, (_, page) in PAGES.items()})
    chosen: list[sidebar.Chosen | None] = []

    def shown(page: ModuleType) -> None:
        page.title()
        with turns.aside():
            warm()
        sidebar.complain()
        if chosen[0] is not None:
            page.show(chosen[0])

    here = st.navigation(
        [
            st.Page(partial(shown, page), title=words, url_path=name, default=name == "basin")
            for name, (words, page) in PAGES.items()
        ]
    )
    with turns.turn():
        sidebar.read_link()
        chosen.append(sidebar.draw(getattr(PAGES[here.url_path or "basin"][1], "OWN", ())))
        here.run()


main()
