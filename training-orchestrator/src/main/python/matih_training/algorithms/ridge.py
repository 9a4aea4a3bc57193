"""Ridge regression of scikit-learn: least squares with an L2 penalty."""

from collections.abc import Mapping
from typing import Any

from matih_training.sklearn_model import LinearModel


class Ridge(LinearModel):
    """For numbers."""

    name = "ridge"

    def estimator(self, parameters: Mapping[str, Any], seed: int) -> Any:
        from sklearn.linear_model import Ridge as Estimator  # noqa: PLC0415

        return Estimator(alpha=parameters["alpha"], positive=parameters["signs"] == "positive", random_state=seed)


ALGORITHM = Ridge()
