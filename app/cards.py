"""Scenarios side by side: what each assumes, whose idea it is, and which doubt it takes up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

import basin

# In our words; the scenario's own source says whose idea it is.
TAKES_UP = {
    "near-aligned-llm": "Nobody gets values exactly right the first time.",
    "value-learner": "An agent that only roughly knows what we value will not find out the rest.",
    "fast-takeoff": "It grows strong before it has learnt, and there is no second chance.",
    "orthogonal": "It can know what we value and not care.",
    "distilled-human": "What learns from people learns their selfishness too.",
    "allied-not-aligned": "It behaves well only while that serves it.",
    "shoggoth": "Another character may take the stage.",
    "bitter-lesson": "Human text is full of bad examples.",
    "safety-pretraining": "Training by reward is a contest that the agent can win.",
    "alignment-pretraining": "Post-training washes out what pretraining gave.",
    "grounded-in-evolution": "There is no fact of what people value.",
    "extrapolated-volition": "People do not know what they would value after thinking.",
    "travel-choices": "A model of values says nothing about real people.",
    "critical-mass": "One bad agent among many spoils the rest.",
    "echo-chamber": "Agents that hear each other take their own echo for evidence.",
}


@st.dialog("Scenarios", width="large")
def gallery(scenarios: Mapping[str, basin.Scenario], opened: Callable[[str], None]) -> None:
    """A card for each; its button opens it."""
    columns = st.columns(2)
    for at, (name, scenario) in enumerate(scenarios.items()):
        with columns[at % 2].container(border=True, height="stretch"):
            st.markdown(f"**{scenario.title}.** {scenario.summary}")
            if name in TAKES_UP:
                st.markdown(f"Takes up the doubt: “{TAKES_UP[name]}”")
            st.caption(scenario.source)
            if st.button("Open", key=f"open-{name}", on_click=opened, args=(name,), help=scenario.title):
                st.rerun()
