"""Tables as pandas, Polars, R and a spreadsheet write them, and what the local library answers for their rows.

`make FOLDER` writes the files and prints what to do with each.
`answer FOLDER NAME=RUN ...` loads the native models of runs by MLflow and prints their answers to the rows that `make` chose.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 240
ASKED = 20
generator = np.random.default_rng(20261130)


def _gaps(values: Any, share: float = 0.1) -> list[Any]:
    """The values as Python has them, some of them missing."""
    skipped = generator.random(ROWS) < share
    return [None if skip else value for value, skip in zip(np.asarray(values).tolist(), skipped, strict=True)]


def _raw() -> dict[str, Any]:
    return {
        "age": generator.integers(18, 90, ROWS),
        "income": np.round(generator.lognormal(10, 0.5, ROWS), 2),
        "plan": generator.choice(["basic", "plus", "größer"], ROWS),
        "member": generator.random(ROWS) < 0.5,
    }


def pandas_table(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Nullable types, a category, and the index that is left after a filter; the target is a truth value."""
    raw = _raw()
    frame = pd.DataFrame(
        {
            "age": pd.array(_gaps(raw["age"]), dtype="Int64"),
            "income": pd.array(_gaps(raw["income"]), dtype="Float64"),
            "plan": pd.array(_gaps(raw["plan"]), dtype="string"),
            "member": pd.array(_gaps(raw["member"]), dtype="boolean"),
            "region": pd.Categorical(generator.choice(["n", "s"], ROWS)),
            "churned": raw["age"] + 30 * (raw["plan"] == "plus") + generator.normal(0, 8, ROWS) > 60,
        }
    )
    kept = frame[frame["income"].fillna(0) >= 0].iloc[::-1]
    kept.to_parquet(folder / "pandas.parquet")
    return kept.reset_index(drop=True), {"task": "classification", "algorithm": "xgboost", "target": "churned"}


def polars_table(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Text as string views, small unsigned numbers, a category and a date, as Polars hands them to Arrow."""
    raw = _raw()
    table = pa.table(
        {
            "age": pa.array(_gaps(raw["age"]), pa.uint8()),
            "income": pa.array(_gaps(raw["income"]), pa.float32()),
            "plan": pa.array(_gaps(raw["plan"]), pa.string_view()),
            "region": pa.array(generator.choice(["n", "s"], ROWS)).dictionary_encode(),
            "seen": pa.array(np.datetime64("2024-01-01") + np.arange(ROWS)),
            "spent": pa.array(raw["income"] / 1000 + 5 * raw["member"] + raw["age"] / 10),
            "member": pa.array(raw["member"]),
        }
    )
    pq.write_table(table, folder / "polars.parquet")
    frame = table.drop(["plan", "seen"]).to_pandas()
    frame.insert(2, "plan", table.column("plan").to_pylist())
    return frame, {"task": "regression", "algorithm": "random_forest", "target": "spent"}


def r_table(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """`write.csv(frame, row.names = FALSE)`: texts and names in quotes, NA and TRUE without; three classes."""
    raw = _raw()
    frame = pd.DataFrame(
        {
            "age": pd.array(_gaps(raw["age"]), dtype="Int64"),
            "income": pd.array(_gaps(raw["income"]), dtype="Float64"),
            "plan": pd.Series(_gaps(raw["plan"]), dtype=object),
            "member": pd.array(_gaps(raw["member"]), dtype="boolean"),
            "size": np.array(["small", "middle", 'the "big" one'])[np.digitize(raw["age"], [40, 65])],
        }
    )
    plain = frame.copy()
    plain["member"] = [{True: "TRUE", False: "FALSE"}.get(value, "NA") for value in frame["member"].tolist()]
    lines = [",".join(f'"{name}"' for name in frame.columns)]
    for row in plain.itertuples(index=False):
        cells = []
        for name, value in zip(frame.columns, row, strict=True):
            if pd.isna(value) or value == "NA":
                cells.append("NA")
            elif name in ("plan", "size"):
                cells.append('"' + str(value).replace('"', '""') + '"')
            else:
                cells.append(str(value))
        lines.append(",".join(cells))
    (folder / "r.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return frame, {"task": "classification", "algorithm": "xgboost", "target": "size"}


def spreadsheet_table(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A byte order mark, semicolons and CR LF. `spreadsheet.comma.csv` has decimal commas as well: to be told."""
    raw = _raw()
    frame = pd.DataFrame(
        {
            "Größe in m²": np.round(raw["income"] / 400, 1),
            "Lage": pd.Series(_gaps(raw["plan"]), dtype=object),
            "Zimmer": pd.array(_gaps(raw["age"] // 15), dtype="Int64"),
            "Preis": np.round(raw["income"] * 9 + 20_000 * (raw["plan"] == "plus"), 2),
        }
    )
    for name, decimal in (("spreadsheet.csv", "."), ("spreadsheet.comma.csv", ",")):
        frame.to_csv(folder / name, sep=";", decimal=decimal, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    return frame, {"task": "regression", "algorithm": "xgboost", "target": "Preis"}


Writer = Callable[[Path], tuple[pd.DataFrame, dict[str, Any]]]


def learned_by(algorithm: str, write: Writer) -> Writer:
    """The same kind of table for another algorithm, in a folder called like it."""

    def write_for(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
        own = folder / algorithm
        own.mkdir()
        frame, task = write(own)
        return frame, task | {"algorithm": algorithm}

    return write_for


TABLES = {
    "pandas": pandas_table,
    "polars": polars_table,
    "r": r_table,
    "spreadsheet": spreadsheet_table,
    "lightgbm": learned_by("lightgbm", pandas_table),
    "hist_gradient_boosting": learned_by("hist_gradient_boosting", spreadsheet_table),
    "logistic_regression": learned_by("logistic_regression", r_table),
    "ridge": learned_by("ridge", polars_table),
}


def _cell(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def make(folder: Path) -> None:
    """The rows to ask about are whole rows of the file without the target, among them some with gaps."""
    told = {}
    for name, write in TABLES.items():
        frame, task = write(folder)
        asked = frame.drop(columns=[task["target"]]).head(ASKED)
        rows = [{column: _cell(row[column]) for column in asked.columns} for _, row in asked.iterrows()]
        told[name] = task | {"rows": rows}
    (folder / "rows.json").write_text(json.dumps(told), encoding="utf-8")
    print(json.dumps(told))


def answer(folder: Path, runs: dict[str, str]) -> None:
    """Labels and probabilities, or numbers, by name."""
    import mlflow  # noqa: PLC0415

    told = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    answers = {}
    for name, run in runs.items():
        model = mlflow.pyfunc.load_model(f"runs:/{run}/model").get_raw_model()
        frame = pd.DataFrame(told[name]["rows"]).convert_dtypes()
        answers[name] = {"predictions": model.predict(frame).tolist()}
        if model.classes:
            answers[name]["probabilities"] = model.predict_proba(frame).tolist()
    print(json.dumps(answers))


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        answer(Path(sys.argv[2]), dict(pair.split("=") for pair in sys.argv[3:]))
