"""Logistic regression of scikit-learn: one weight per column and class."""

from collections.abc import Mapping
from typing import Any

from matih_training.sklearn_model import LinearModel


class LogisticRegression(LinearModel):
    """For classes."""

    name = "logistic_regression"

    def estimator(self, parameters: Mapping[str, Any], seed: int) -> Any:
        from sklearn.linear_model import LogisticRegression as Estimator  # noqa: PLC0415

        # The other solvers know no L1.
        solver = "saga" if parameters["l1_ratio"] > 0 else "lbfgs"
        return Estimator(solver=solver, random_state=seed, **parameters)


ALGORITHM = LogisticRegression()
