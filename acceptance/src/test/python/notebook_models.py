"""Models as notebooks log them, by the ordinary MLflow client through the door.

`python notebook_models.py EXPERIMENT` logs them and prints, for each one, its id, rows to ask for, and its own answers to them.
"""

import json
import sys
import warnings
from typing import Any

import lightgbm
import mlflow
import numpy as np
import pandas as pd
import xgboost
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, r2_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROWS, ASKED = 400, 15
NUMBERS = ["size", "rooms"]


def houses() -> tuple[pd.DataFrame, Any]:
    random = np.random.default_rng(20261130)
    frame = pd.DataFrame(
        {
            "size": np.round(random.normal(80, 25, ROWS), 1),
            "rooms": random.integers(1, 9, ROWS),
            "town": random.choice(["Bern", "Zürich", "Genève"], ROWS),
        }
    )
    noise = random.normal(0, 25, ROWS)
    return frame, (frame["size"] * 4 + frame["rooms"] * 30 + (frame["town"] == "Zürich") * 90 + noise).to_numpy()


Case = tuple[Any, Any, pd.DataFrame, Any, dict[str, Any]]


def models() -> dict[str, Case]:
    """By name: the fitted model, the module that logs it, its rows and target, and what it is logged with."""
    frame, price = houses()
    numbers = frame[NUMBERS].astype("float64")
    dear = np.where(price > np.median(price), "dear", "cheap")
    place = np.digitize(price, np.quantile(price, [0.33, 0.66]))
    encoded = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), NUMBERS), (OneHotEncoder(handle_unknown="ignore"), ["town"])
    )
    pickled = {"serialization_format": "cloudpickle"}
    return {
        "pipeline": (make_pipeline(encoded, LogisticRegression()), mlflow.sklearn, frame, dear, pickled),
        "linear": (LinearRegression(), mlflow.sklearn, numbers, price, {}),
        "xgboost": (xgboost.XGBClassifier(n_estimators=10), mlflow.xgboost, numbers, place, {}),
        "lightgbm": (lightgbm.LGBMRegressor(n_estimators=20, verbose=-1), mlflow.lightgbm, numbers, price, {}),
        "without-example": (LinearRegression(), mlflow.sklearn, numbers, price, {"input_example": None}),
        "inconvertible": (KNeighborsClassifier(), mlflow.sklearn, numbers, place, pickled),
    }


def log(name: str, case: Case) -> dict[str, Any]:
    model, flavor, frame, target, options = case
    regression = target.dtype == np.float64
    model.fit(frame, target)
    given = {"input_example": frame.head(60), "pip_requirements": ["numpy"], **options}
    with mlflow.start_run(run_name=name) as run:
        predicted = model.predict(frame)
        score = r2_score(target, predicted) if regression else accuracy_score(target, predicted)
        mlflow.log_metric("r2" if regression else "accuracy", float(score))
        logged = flavor.log_model(model, name="model", **given)
    asked = frame.tail(ASKED)
    told: dict[str, Any] = {
        "run_id": run.info.run_id,
        "logged_model_id": logged.model_id,
        "task": "regression" if regression else "classification",
        "rows": json.loads(asked.to_json(orient="records")),
        "predictions": np.asarray(model.predict(asked)).reshape(-1).tolist(),
    }
    if not regression:
        told["probabilities"] = np.asarray(model.predict_proba(asked)).tolist()
    return told


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    mlflow.set_experiment(sys.argv[1])
    sys.stdout.write(json.dumps({name: log(name, case) for name, case in models().items()}) + "\n")
