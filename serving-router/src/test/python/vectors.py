"""Prints the numbers that the statistics of the router are held to; needs numpy.

Written from the formulas, with other means than the router's: sums over exact binomial coefficients, numpy's covariances
of the units themselves, and the asymptotic confidence sequence as its authors write it, by the number of units and rho.
"""

from fractions import Fraction
from math import comb, log, sqrt

import numpy as np

QUARTERS = {2: 0.03, 4: 0.22, 6: 0.6, 8: 0.1, 12: 0.03, 16: 0.02}
AT_FIRST = 0.8


def odds(tolerance, canary, canary_bad, stable, stable_bad):
    """The value after one interval: the noncentral hypergeometric likelihoods, mixed, over that at the tolerated ratio."""
    bad = canary_bad + stable_bad
    support = range(max(0, bad - stable), min(bad, canary) + 1)

    def likelihood(ratio):
        ratio = Fraction(ratio)
        total = sum(comb(canary, k) * comb(stable, bad - k) * ratio**k for k in support)
        return comb(canary, canary_bad) * comb(stable, stable_bad) * ratio**canary_bad / total

    alternatives = sum(
        weight * float(likelihood(tolerance * 2 ** (quarter / 4)) / likelihood(tolerance)) for quarter, weight in QUARTERS.items()
    )
    return float(1 - AT_FIRST + AT_FIRST * alternatives)


def units(arm, count, shift):
    """Outcomes with a long tail and what they are out of; the test makes the same ones."""
    i = np.arange(count, dtype=float)
    outcome = ((i * 7919 + arm * 31) % 1000 / 100) ** 2 + shift
    return outcome, 1 + (i + arm) % 5


def compared(alpha, tau, arms, ratio):
    """Difference, standard error, p-value and half the width of the confidence sequence."""
    values, spreads, counts = [], [], []
    for outcome, denominator in arms:
        over = denominator if ratio else np.ones_like(outcome)
        value = outcome.sum() / over.sum()
        covariances = np.cov(outcome, over)
        gradient = np.array([1, -value]) / over.mean()
        values.append(value)
        spreads.append(gradient @ covariances @ gradient)
        counts.append(len(outcome))
    n = np.array(counts, dtype=float)
    own = (spreads / n).sum()
    pooled = ((n - 1) * spreads).sum() / (n.sum() - 2) * (1 / n).sum()
    error = sqrt(max(own, pooled))
    # Waudby-Smith et al., Theorem 2.2, for t units of a standard deviation such that error = deviation / sqrt(t).
    t = n.sum()
    deviation = error * sqrt(t)
    rho2 = (tau / deviation) ** 2
    half = deviation * sqrt(2 * (t * rho2 + 1) / (t**2 * rho2) * log(sqrt(t * rho2 + 1) / alpha))
    difference = values[1] - values[0]
    # The smallest alpha at which the sequence leaves zero out, by halving.
    low, high = -700.0, 0.0
    for _ in range(200):
        middle = (low + high) / 2
        width2 = deviation**2 * 2 * (t * rho2 + 1) / (t**2 * rho2) * (log(sqrt(t * rho2 + 1)) - middle)
        low, high = (low, middle) if width2 < difference**2 else (middle, high)
    return difference, error, float(np.exp(high)), half


if __name__ == "__main__":
    for case in [
        (1, 50, 4, 950, 10),
        (1, 500, 25, 9500, 95),
        (2, 100, 20, 900, 40),
        (1, 20, 0, 380, 300),
        (1, 7, 7, 3, 1),
    ]:
        print(*case, repr(odds(*case)), sep=", ")
    for alpha, tau, ratio, control, challenger, shift in [
        (0.05, 1.0, False, 500, 500, 2.0),
        (0.05, 1.0, False, 1900, 100, 5.0),
        (0.01, 0.2, True, 4000, 1000, 1.5),
        (0.05, 0.5, True, 300, 700, 0.25),
        (0.05, 10.0, False, 150, 150, 0.0),
    ]:
        result = compared(alpha, tau, [units(0, control, 0.0), units(1, challenger, shift)], ratio)
        print(alpha, tau, ratio, control, challenger, shift, *map(float, result), sep=", ")
