"""Makes the numbers that the router's drift statistics are held to, by SciPy and NumPy.

Run with the platform's Python environment: ``python make_drift_vectors.py ../resources/drift/vectors.json``.
The population stability index is in neither; it is written out here as its formula.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special, stats
from scipy.spatial import distance

SEED = 5
SMOOTHING = 0.5


def stability_index(reference: np.ndarray, live: np.ndarray) -> float:
    p = (reference + SMOOTHING) / (reference.sum() + SMOOTHING * len(reference))
    q = (live + SMOOTHING) / (live.sum() + SMOOTHING * len(live))
    return float(((q - p) * np.log(q / p)).sum())


def pair(reference: np.ndarray, live: np.ndarray, points: np.ndarray) -> dict[str, Any]:
    test = stats.chi2_contingency(np.array([reference, live]), correction=False)
    largest = float(np.abs(np.cumsum(reference / reference.sum()) - np.cumsum(live / live.sum())).max())
    m, n = reference.sum(), live.sum()
    return {
        "reference": reference.tolist(),
        "live": live.tolist(),
        "points": points.tolist(),
        "stability_index": stability_index(reference, live),
        "jensen_shannon": float(distance.jensenshannon(reference, live, base=2)),
        "chi_square": float(test.statistic),
        "degrees_of_freedom": int(test.dof),
        "chi_square_p": float(test.pvalue),
        "kolmogorov_smirnov": largest,
        "kolmogorov_smirnov_p": float(special.kolmogorov(np.sqrt(m * n / (m + n)) * largest)),
        "wasserstein": float(stats.wasserstein_distance(points, points, reference, live)),
    }


def main(target: Path) -> None:
    rng = np.random.default_rng(SEED)
    pairs = []
    for cells in (2, 3, 10, 12, 51):
        for drift in (0.0, 0.1, 1.0):
            shares = rng.dirichlet(np.full(cells, 3.0))
            moved = rng.dirichlet(np.full(cells, 3.0))
            for m, n in ((60, 100), (400, 5_000), (20_000, 1_000_000)):
                reference = rng.multinomial(m, shares).astype(float) + 1
                live = rng.multinomial(n, (1 - drift) * shares + drift * moved).astype(float) + 1
                pairs.append(pair(reference, live, np.sort(rng.normal(0, 10, cells))))
    tails = [
        {"statistic": x, "degrees_of_freedom": k, "p": float(stats.chi2.sf(x, k))}
        for k in (1, 2, 5, 11, 50, 103)
        for x in (0.001, 0.5, 1.0, 3.0, 10.0, 25.0, 60.0, 120.0, 400.0)
    ]
    kolmogorov = [{"statistic": x, "p": float(special.kolmogorov(x))} for x in (0.05, 0.3, 0.5, 0.79, 0.81, 1.0, 1.36, 2.0, 4.0)]
    normal = [{"deviate": x, "p": float(2 * stats.norm.sf(abs(x)))} for x in (0.0, 0.1, -1.0, 1.96, -3.3, 6.0, 20.0)]
    samples = [rng.multinomial(n, rng.dirichlet(np.full(7, 5.0))).astype(float) for n in (300, 4_000, 90)]
    several = stats.chi2_contingency(np.array(samples), correction=False)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(
        json.dumps(
            {
                "pairs": pairs,
                "chi_square_tails": tails,
                "kolmogorov_tails": kolmogorov,
                "normal_tails": normal,
                "several": {
                    "samples": [sample.tolist() for sample in samples],
                    "chi_square": float(several.statistic),
                    "degrees_of_freedom": int(several.dof),
                    "p": float(several.pvalue),
                },
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
