"""Prints the numbers that the statistics of the router are held to; needs Python, and scipy for the last part.

Written from the formulas, with other means than the router's: sums over exact binomial coefficients here.
"""

from fractions import Fraction
from math import comb

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


if __name__ == "__main__":
    for case in [
        (1, 50, 4, 950, 10),
        (1, 500, 25, 9500, 95),
        (2, 100, 20, 900, 40),
        (1, 20, 0, 380, 300),
        (1, 7, 7, 3, 1),
    ]:
        print(*case, repr(odds(*case)), sep=", ")
