"""Grades of projects by what they give for their price (质价相符), shared by interventions that use them."""

from __future__ import annotations

import numpy as np


def promised_quality(estates: np.ndarray, rows: np.ndarray, least: float) -> np.ndarray:
    """The part of the full standard that the full fee of each estate in `rows` would buy, in [least, 1].

    From price and the standard cost of last month: a cheap estate is not held to the standard of a dear one.
    No price is so low that it promises nothing: `least` of the standard.
    """
    full_fee = estates["price"][rows] * estates["billable_area"][rows]
    return np.asarray(np.clip(full_fee / np.maximum(1.0, estates["standard_cost"][rows]), least, 1.0))


def value_for_price(estates: np.ndarray, rows: np.ndarray, least: float) -> np.ndarray:
    """Service quality as a part of what the price promises, not below 0; 1 is all of it."""
    return np.asarray(estates["quality"][rows] / promised_quality(estates, rows, least))
