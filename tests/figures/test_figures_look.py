"""Outcomes can be told apart, with any colour vision and in print."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from basin.figures.outcomes import LOOKS

# How colours look with no red, green or blue cones: Machado, Oliveira & Fernandes (2009), severity 1, linear RGB.
VISIONS = {
    "all cones": np.eye(3),
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue cones": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
INKS = {"white": "#FFFFFF", "black": "#000000"}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """CIELAB, in which a distance of 2.3 is just noticed."""
    x, y, z = np.cbrt(np.maximum(TO_XYZ @ np.clip(light, 0, 1) / WHITE, 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISIONS)
def test_colours_differ_for_all_eyes(vision):
    seen = {name: lab(np.asarray(VISIONS[vision]) @ linear(look.colour)) for name, look in LOOKS.items()}
    for one, other in combinations(seen, 2):
        assert np.linalg.norm(seen[one] - seen[other]) > 15, (one, other)


def test_markers_differ():
    assert len({look.marker for look in LOOKS.values()}) == len({look.sign for look in LOOKS.values()}) == len(LOOKS)


@pytest.mark.parametrize("name", LOOKS)
def test_names_can_be_read_on_their_colour(name):
    light, dark = sorted(
        (float(TO_XYZ[1] @ linear(colour)) for colour in (LOOKS[name].colour, INKS[LOOKS[name].ink])), reverse=True
    )
    assert (light + 0.05) / (dark + 0.05) >= 4.5  # what WCAG 2 asks of text
