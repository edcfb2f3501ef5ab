"""Mappers with known basins."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from basin.analysis.ball import Around
from basin.labels import Labels


def sharp(inside):
    """Label 1 where `inside(points)`, else 0; no chance."""

    def mapper(points, seed=0):
        label = np.asarray(inside(points)).astype(np.int8)[:, None]
        return Labels(label, np.zeros(label.shape))

    return mapper


def soft(probability, runs):
    """Label 1 with `probability(points)`, else 0; equal seeds and numbers of points give equal chances."""

    def mapper(points, seed=0):
        drawn = np.random.default_rng(seed).random((len(points), runs))
        label = (drawn < np.asarray(probability(points))[:, None]).astype(np.int8)
        return Labels(label, np.zeros(label.shape))

    return mapper


def slope(normal, distance, width):
    """P(1) falls with the distance along `normal`, by a normal law of this width; ½ at `distance`."""
    return lambda points: ndtr((distance - points @ normal) / width)


def free(k, start=0.0, scale=1.0):
    """Surroundings without walls."""
    return Around(
        np.full(k, float(start)), np.full(k, float(scale)), np.zeros(k, bool), np.full(k, -np.inf), np.full(k, np.inf)
    )


def ring(points):
    """Winding number of a ring of phases with wrapped-linear coupling, which never changes."""
    steps = (np.roll(points, -1, axis=1) - points + np.pi) % (2 * np.pi) - np.pi
    return np.rint(steps.sum(axis=1) / (2 * np.pi))
