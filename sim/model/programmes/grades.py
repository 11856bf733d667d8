"""Grades of projects by what they give for their price (质价相符), shared by interventions that use them."""

from __future__ import annotations

import numpy as np

LEAST_PROMISE = 0.05  # no price is so low that it promises nothing


def promised_quality(estates: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The part of the full standard that the full fee of each estate in `rows` would buy, in [0.05, 1].

    From price and the standard cost of last month: a cheap estate is not held to the standard of a dear one.
    """
    full_fee = estates["price"][rows] * estates["billable_area"][rows]
    return np.asarray(np.clip(full_fee / np.maximum(1.0, estates["standard_cost"][rows]), LEAST_PROMISE, 1.0))


def value_for_price(estates: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Service quality as a part of what the price promises, not below 0; 1 is all of it."""
    return np.asarray(estates["quality"][rows] / promised_quality(estates, rows))
