"""Ordinary least squares of scikit-learn."""

from collections.abc import Mapping
from typing import Any

from matih_training.sklearn_model import LinearModel


class LinearRegression(LinearModel):
    """For numbers, without regularization."""

    name = "linear_regression"

    def estimator(self, parameters: Mapping[str, Any], seed: int) -> Any:  # noqa: ARG002
        from sklearn.linear_model import LinearRegression as Estimator  # noqa: PLC0415

        return Estimator(positive=parameters["signs"] == "positive")


ALGORITHM = LinearRegression()
