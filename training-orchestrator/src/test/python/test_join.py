"""The point-in-time join: each rule by example, then against a naive reference on random tables, then against Feast."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from matih_training.failure import FailureCode, JobFailure
from matih_training.join import event_times, join_features
from matih_training.specification import Feature, FeatureViewSource

T0 = datetime(2013, 1, 1, tzinfo=UTC)


def view(**changes: Any) -> FeatureViewSource:
    values: dict[str, Any] = {
        "name": "weather",
        "source_uri": "unused",
        "timestamp_column": "at",
        "created_timestamp_column": None,
        "ttl_seconds": 0.0,
        "join_keys": ("origin",),
        "features": (Feature("temp", "temp"),),
    }
    return FeatureViewSource(**(values | changes))


def hours(*values: float | None) -> pa.Array:
    return pa.array([None if value is None else T0 + timedelta(hours=value) for value in values], pa.timestamp("us", tz="UTC"))


def source(origin: list[Any], at: list[float | None], temp: list[Any], **more: Any) -> pa.Table:
    return pa.table({"origin": origin, "at": hours(*at), "temp": temp, **more})


def entities(origin: list[Any], at: list[float | None]) -> pa.Table:
    return pa.table({"origin": origin, "when": hours(*at)})


def joined(left: pa.Table, right: pa.Table, **changes: Any) -> list[Any]:
    values: list[Any] = join_features(left, "when", [(view(**changes), right)]).column("temp").to_pylist()
    return values


def test_takes_the_newest_row_that_is_not_after_the_entity_row() -> None:
    right = source(["JFK", "JFK", "JFK"], [3, 1, 2], [30.0, 10.0, 20.0])

    assert joined(entities(["JFK"] * 5, [0.5, 1, 1.5, 2.5, 9]), right) == [None, 10.0, 10.0, 20.0, 30.0]


def test_keeps_every_entity_row_and_its_order() -> None:
    left = entities(["LGA", "JFK", "XXX", "JFK", "LGA"], [5, 1, 5, 0, 0.5])
    right = source(["JFK", "LGA"], [1, 1], [1.0, 2.0])

    table = join_features(left, "when", [(view(), right)])

    assert table.column("origin").to_pylist() == ["LGA", "JFK", "XXX", "JFK", "LGA"]
    assert table.column("when") == left.column("when")
    assert table.column("temp").to_pylist() == [2.0, 1.0, None, None, None]


def test_does_not_look_past_the_newest_row_when_its_value_is_null() -> None:
    assert joined(entities(["JFK"], [5]), source(["JFK", "JFK"], [1, 2], [10.0, None])) == [None]


def test_respects_the_time_to_live_with_its_bound_inside() -> None:
    right = source(["JFK"], [0], [1.0])

    assert joined(entities(["JFK"] * 3, [1.999, 2, 2.001]), right, ttl_seconds=7200.0) == [1.0, 1.0, None]


def test_takes_a_time_to_live_of_zero_as_unlimited() -> None:
    assert joined(entities(["JFK"], [24 * 3650]), source(["JFK"], [0], [1.0])) == [1.0]


def test_takes_a_fraction_of_a_second_seriously() -> None:
    right = source(["JFK"], [1 / 3_600_000], [1.0])

    assert joined(entities(["JFK"] * 2, [0, 1 / 3_600_000]), right) == [None, 1.0]


def test_breaks_ties_by_created_timestamp_then_by_the_last_row() -> None:
    right = source(["JFK"] * 3, [1, 1, 1], [10.0, 20.0, 30.0], made=hours(7, 8, 6))
    equal = source(["JFK"] * 3, [1, 1, 1], [10.0, 20.0, 30.0], made=hours(8, 8, 6))
    unknown = source(["JFK"] * 2, [1, 1], [10.0, 20.0], made=hours(8, None))

    assert joined(entities(["JFK"], [2]), right, created_timestamp_column="made") == [20.0]
    assert joined(entities(["JFK"], [2]), equal, created_timestamp_column="made") == [20.0]
    assert joined(entities(["JFK"], [2]), unknown, created_timestamp_column="made") == [10.0]
    assert joined(entities(["JFK"], [2]), right) == [30.0]


def test_joins_by_all_keys_together() -> None:
    left = pa.table({"origin": ["JFK", "JFK", "LGA"], "runway": [1, 2, 1], "when": hours(2, 2, 2)})
    right = pa.table({"origin": ["JFK", "JFK", "LGA"], "runway": [2, 1, 2], "at": hours(1, 1, 1), "temp": [12.0, 11.0, 22.0]})

    assert joined(left, right, join_keys=("origin", "runway")) == [11.0, 12.0, None]


def test_matches_nothing_by_a_null_key() -> None:
    right = source([None, "JFK"], [0, 0], [9.0, 1.0])

    assert joined(entities([None, "JFK"], [5, 5]), right) == [None, 1.0]


def test_leaves_out_source_rows_without_a_timestamp() -> None:
    assert joined(entities(["JFK"], [5]), source(["JFK", "JFK"], [1, None], [1.0, 2.0])) == [1.0]


@pytest.mark.parametrize("kind", [pa.int32(), pa.uint8(), pa.float64(), pa.int64()])
def test_compares_whole_numbers_of_every_type(kind: pa.DataType) -> None:
    left = pa.table({"origin": pa.array([1, 2, None]), "when": hours(5, 5, 5)})
    right = pa.table({"origin": pa.array([2, 1, 3], kind), "at": hours(1, 1, 1), "temp": [20.0, 10.0, 30.0]})

    assert joined(left, right) == [10.0, 20.0, None]


def test_compares_dictionary_texts() -> None:
    left = pa.table({"origin": pa.array(["a", "b"]).dictionary_encode(), "when": hours(5, 5)})
    right = pa.table({"origin": pa.array(["b", "a"], pa.large_string()), "at": hours(1, 1), "temp": [2.0, 1.0]})

    assert joined(left, right) == [1.0, 2.0]


def test_joins_empty_tables() -> None:
    empty = source([], [], []).cast(
        pa.schema([("origin", pa.string()), ("at", pa.timestamp("us", "UTC")), ("temp", pa.float64())])
    )

    assert joined(entities(["JFK"], [1]), empty) == [None]
    assert join_features(entities(["JFK"], [1]).slice(0, 0), "when", [(view(), source(["JFK"], [1], [1.0]))]).num_rows == 0


def test_joins_several_views_and_keeps_their_types() -> None:
    left = pa.table({"origin": ["JFK"], "plane": [7], "when": hours(5)})
    planes = pa.table({"plane": [7], "built": hours(0), "seats": pa.array([180], pa.int16()), "maker": ["Airbus"]})
    second = view(
        name="planes",
        timestamp_column="built",
        join_keys=("plane",),
        features=(Feature("seats", "seats"), Feature("made_by", "maker")),
    )

    table = join_features(left, "when", [(view(), source(["JFK"], [1], [1.5])), (second, planes)])

    assert table.column_names == ["origin", "plane", "when", "temp", "seats", "made_by"]
    assert table.schema.field("seats").type == pa.int16()
    assert table.to_pylist()[0]["made_by"] == "Airbus"


@pytest.mark.parametrize(
    "column",
    [
        pa.array([datetime(2013, 1, 1, 5)], pa.timestamp("s")),  # noqa: DTZ001
        pa.array([datetime(2013, 1, 1, 5)], pa.timestamp("ms")),  # noqa: DTZ001
        pa.array([datetime(2013, 1, 1, 5, tzinfo=UTC)], pa.timestamp("ns", tz="America/New_York")),
        pa.array(["2013-01-01T05:00:00Z"]),
        pa.array(["2013-01-01T00:00:00-05:00"]),
        pa.array(["2013-01-01 05:00:00"]),
    ],
)
def test_reads_timestamps_of_every_form_as_utc(column: pa.Array) -> None:
    assert event_times(pa.table({"t": column}), "t", "x").tolist() == [1357016400 * 10**9]


@pytest.mark.parametrize("column", [pa.array([5]), pa.array(["yesterday"]), pa.array([[1]])])
def test_refuses_what_is_no_timestamp(column: pa.Array) -> None:
    with pytest.raises(JobFailure) as caught:
        event_times(pa.table({"t": column}), "t", "x")

    assert caught.value.code == FailureCode.INVALID_TIMESTAMP


def test_refuses_an_entity_row_without_a_timestamp() -> None:
    with pytest.raises(JobFailure) as caught:
        joined(entities(["JFK", "JFK"], [1, None]), source(["JFK"], [0], [1.0]))

    assert caught.value.code == FailureCode.INVALID_TIMESTAMP


@pytest.mark.parametrize(
    ("left", "changes", "code"),
    [
        (pa.table({"origin": [1], "when": hours(1)}), {}, FailureCode.UNSUPPORTED_COLUMN),
        (pa.table({"origin": [1.5], "when": hours(1)}), {}, FailureCode.UNSUPPORTED_COLUMN),
        (pa.table({"dest": ["JFK"], "when": hours(1)}), {}, FailureCode.MISSING_COLUMN),
        (pa.table({"origin": ["JFK"], "at": hours(1)}), {}, FailureCode.MISSING_COLUMN),
        (entities(["JFK"], [1]), {"timestamp_column": "then"}, FailureCode.MISSING_COLUMN),
        (entities(["JFK"], [1]), {"features": (Feature("temp", "temperature"),)}, FailureCode.MISSING_COLUMN),
        (entities(["JFK"], [1]), {"features": (Feature("origin", "temp"),)}, FailureCode.AMBIGUOUS_FEATURE),
        (entities(["JFK"], [1]), {"features": (Feature("a", "temp"), Feature("a", "at"))}, FailureCode.AMBIGUOUS_FEATURE),
    ],
)
def test_refuses_tables_that_do_not_fit(left: pa.Table, changes: dict[str, Any], code: FailureCode) -> None:
    with pytest.raises(JobFailure) as caught:
        joined(left, source(["JFK"], [0], [1.0]), **changes)

    assert caught.value.code == code


def naive(left: pd.DataFrame, right: pd.DataFrame, ttl: float) -> list[float | None]:
    """The rules read aloud, one entity row after the other."""
    result: list[float | None] = []
    for _, row in left.iterrows():
        best: tuple[Any, Any, int] | None = None
        value = None
        for position, candidate in right.iterrows():
            if row["a"] is None or candidate["a"] != row["a"] or candidate["b"] != row["b"]:
                continue
            if candidate["at"] > row["when"] or (ttl > 0 and row["when"] - candidate["at"] > pd.Timedelta(seconds=ttl)):
                continue
            order = (candidate["at"], candidate["made"], position)
            if best is None or order > best:
                best, value = order, candidate["temp"]
        result.append(None if value is None or np.isnan(value) else float(value))
    return result


@pytest.mark.parametrize("seed", range(25))
def test_equals_a_naive_reference_on_random_tables(seed: int) -> None:
    generator = np.random.default_rng(seed)
    count, rows = int(generator.integers(0, 60)), int(generator.integers(0, 80))

    def moments(size: int, span: int) -> pd.Series:
        return pd.Series(pd.Timestamp(T0) + pd.to_timedelta(generator.integers(0, span, size), unit="min"))

    def keys(size: int) -> list[Any]:
        return [None if generator.random() < 0.1 else str(generator.choice(["x", "y", "z"])) for _ in range(size)]

    left = pd.DataFrame({"a": keys(count), "b": generator.integers(0, 3, count), "when": moments(count, 30)})
    right = pd.DataFrame(
        {"a": keys(rows), "b": generator.integers(0, 3, rows), "at": moments(rows, 30), "made": moments(rows, 3)}
    )
    right["temp"] = np.where(generator.random(rows) < 0.2, np.nan, generator.normal(size=rows).round(3))
    ttl = float(generator.choice([0, 60, 300, 600]))
    left_table = pa.table(
        {
            "a": pa.array(left["a"], pa.string()),
            "b": pa.array(left["b"]),
            "when": pa.array(left["when"], pa.timestamp("ns", "UTC")),
        }
    )
    right_table = pa.table(
        {
            "a": pa.array(right["a"], pa.string()),
            "b": pa.array(right["b"]),
            "at": pa.array(right["at"], pa.timestamp("ns", "UTC")),
            "made": pa.array(right["made"], pa.timestamp("ns", "UTC")),
            "temp": pa.array(right["temp"], pa.float64(), from_pandas=True),
        }
    )

    found = joined(left_table, right_table, join_keys=("a", "b"), created_timestamp_column="made", ttl_seconds=ttl)

    assert found == naive(left, right, ttl)


def test_equals_feast_where_feast_keeps_the_rows(tmp_path: Path) -> None:
    """Where its file store is reliable: each entity has a row inside the window (it drops the others), and no two rows
    share an event timestamp (it sorts by created and then by event timestamp, but the second sort is not stable)."""
    import feast
    from feast.infra.offline_stores.file_source import FileSource
    from feast.repo_config import RepoConfig

    generator = np.random.default_rng(3)
    rows = 400
    right = pd.DataFrame(
        {
            "origin": generator.choice(["EWR", "JFK", "LGA"], rows),
            "at": pd.Timestamp(T0) + pd.to_timedelta(generator.permutation(rows * 7)[:rows], unit="min"),
            "temp": generator.normal(50, 10, rows),
            "wind": generator.integers(0, 40, rows),
        }
    )
    right["made"] = right["at"] + pd.Timedelta(minutes=1)
    right.to_parquet(tmp_path / "weather.parquet", index=False)
    start = right.groupby("origin")["at"].min().max()
    left = pd.DataFrame(
        {
            "row": np.arange(300),
            "origin": generator.choice(["EWR", "JFK", "LGA"], 300),
            "event_timestamp": start + pd.to_timedelta(generator.integers(0, rows * 7 * 60, 300), unit="s"),
        }
    )

    origin = feast.Entity(name="origin", join_keys=["origin"], value_type=feast.ValueType.STRING)
    weather = feast.FeatureView(
        name="weather",
        entities=[origin],
        ttl=timedelta(days=30),
        schema=[feast.Field(name="temp", dtype=feast.types.Float64), feast.Field(name="wind", dtype=feast.types.Int64)],
        source=FileSource(path=str(tmp_path / "weather.parquet"), timestamp_field="at", created_timestamp_column="made"),
    )
    store = feast.FeatureStore(
        config=RepoConfig(
            project="test",
            provider="local",
            registry={"registry_type": "file", "path": str(tmp_path / "registry.db")},
            online_store={"type": "sqlite", "path": str(tmp_path / "online.db")},
            offline_store={"type": "file"},
            entity_key_serialization_version=3,
        ),
        repo_path=tmp_path,
    )
    store.apply([origin, weather])
    theirs = store.get_historical_features(entity_df=left, features=["weather:temp", "weather:wind"]).to_df()
    theirs = theirs.sort_values("row", ignore_index=True)

    ours = join_features(
        pa.Table.from_pandas(left, preserve_index=False),
        "event_timestamp",
        [
            (
                view(
                    ttl_seconds=30 * 86400.0,
                    created_timestamp_column="made",
                    features=(Feature("temp", "temp"), Feature("wind", "wind")),
                ),
                pa.Table.from_pandas(right, preserve_index=False),
            )
        ],
    ).to_pandas()

    assert len(theirs) == 300
    assert ours["row"].tolist() == theirs["row"].tolist()
    assert ours["temp"].tolist() == theirs["temp"].tolist()
    assert ours["wind"].tolist() == theirs["wind"].tolist()
