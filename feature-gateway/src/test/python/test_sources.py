"""A view and its file: what fits, what is carried, and what is left out and counted."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from feast import Entity, FeatureView, Field, FileSource, ValueType
from feast.types import from_value_type

from matih_feast.carry import carry
from matih_feast.failures import failure_of
from matih_feast.rows import FeastRow
from matih_feast.sources import SourceMissingError, mismatches
from matih_features.columns import ColumnError

START, END = dt.datetime(1678, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def day(number: int) -> dt.datetime:
    """A day of 1960."""
    return dt.datetime(1960, 1, number, tzinfo=dt.UTC)


def view_of(path: Path, features: dict[str, str], *, created: str = "", key: str = "int64") -> FeatureView:
    """A view of one entity over the file."""
    driver = Entity(name="driver", join_keys=["driver"], value_type=ValueType[key.upper()])
    fields = {"driver": key, **features}
    return FeatureView(
        name="trips",
        entities=[driver],
        schema=[Field(name=n, dtype=from_value_type(ValueType[k.upper()])) for n, k in fields.items()],
        source=FileSource(
            name="trips_file",
            path=f"file://{path}",
            timestamp_field="at",
            created_timestamp_column=created,
            field_mapping={"SEATS": "seats"},
        ),
    )


def written(folder: Path, **columns: Any) -> Path:  # noqa: ANN401
    """A file with these columns."""
    pq.write_table(pa.table(columns), folder / "trips.parquet")
    return folder / "trips.parquet"


def carried(view: FeatureView, start: dt.datetime = START, end: dt.datetime = END) -> list[FeastRow]:
    """All rows that would be written."""
    rows: list[FeastRow] = []
    carry(view, start, end, rows.extend)
    return rows


def test_the_newest_event_of_each_entity_is_carried_with_its_whole_numbers(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        driver=[1, 2, 1, 2],
        at=[day(3), day(1), day(2), day(2)],
        SEATS=pa.array([2**53 + 1, 5, 6, None], pa.int64()),
    )

    rows = carried(view_of(file, {"seats": "int64"}))

    assert [(key.entity_values[0].int64_val, at) for key, _, at, _ in rows] == [(1, day(3)), (2, day(2))]
    assert rows[0][1]["seats"].int64_val == 2**53 + 1
    assert rows[1][1]["seats"].WhichOneof("val") is None


def test_of_equal_events_the_newest_created_wins_and_then_the_last_row(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        driver=[1, 1, 1, 2, 2],
        at=[day(1)] * 5,
        made=[day(3), day(5), None, None, None],
        SEATS=[1, 2, 3, 4, 5],
    )

    rows = carried(view_of(file, {"seats": "int64"}, created="made"))

    assert [(values["seats"].int64_val, made) for _, values, _, made in rows] == [(2, day(5)), (5, None)]


def test_rows_without_key_or_time_are_left_out_and_counted(tmp_path: Path) -> None:
    file = written(tmp_path, driver=[1, None, 3, None], at=[day(1), day(1), None, None], SEATS=[1, 2, 3, 4])
    rows: list[FeastRow] = []

    result = carry(view_of(file, {"seats": "int64"}), START, END, rows.extend)

    assert (len(rows), result.without_key, result.without_time) == (1, 2, 1)


def test_only_events_within_the_bounds_are_carried(tmp_path: Path) -> None:
    file = written(tmp_path, driver=[1, 1, 1, 2], at=[day(1), day(2), day(3), day(4)], SEATS=[1, 2, 3, 4])

    rows = carried(view_of(file, {"seats": "int64"}), day(1), day(2))

    assert [values["seats"].int64_val for _, values, _, _ in rows] == [2]


def test_a_date_and_a_text_may_be_event_times(tmp_path: Path) -> None:
    for at in ([dt.date(1960, 1, 2)], ["1960-01-02T01:00:00+01:00"]):
        view = view_of(written(tmp_path, driver=[1], at=at, SEATS=[1]), {"seats": "int64"})

        assert mismatches(view) == []
        assert [moment for _, _, moment, _ in carried(view)] == [day(2)]


@pytest.mark.parametrize(
    ("columns", "place", "message"),
    [
        ({"SEATS": [2.2, 1.0]}, "features[0].type", "column 'SEATS', row 1: 2.2 is no int64"),
        ({"SEATS": ["a", "b"]}, "features[0].type", "column 'SEATS' holds string and is declared int64"),
        ({"driver": ["a", "b"]}, "entities[0]", "column 'driver' holds string and is declared int64"),
        ({"at": [1, 2]}, "source", "column 'at' holds int64, not timestamps"),
        ({"SEATS": None}, "features[0].type", "there is no column 'SEATS'; there are driver, at"),
        ({"at": None}, "source", "there is no column 'at'; there are driver, SEATS"),
    ],
)
def test_a_view_that_does_not_fit_its_file_is_told_where(
    tmp_path: Path, columns: dict[str, Any], place: str, message: str
) -> None:
    table = {"driver": [1, 2], "at": [day(1), day(2)], "SEATS": [1, 2], **columns}
    file = written(tmp_path, **{name: values for name, values in table.items() if values is not None})
    view = view_of(file, {"seats": "int64"})

    [found] = mismatches(view)

    assert (found.view, found.place) == ("trips", place)
    assert found.message == f"source trips_file: {message}"
    with pytest.raises(ColumnError) as refused:
        carried(view)
    assert message in str(refused.value)
    assert "declare what it holds" in failure_of(refused.value)


def test_whole_numbers_in_floats_fit_as_data_frames_write_them(tmp_path: Path) -> None:
    file = written(tmp_path, driver=[1.0, None], at=[day(1), day(1)], SEATS=[4.0, float("nan")])
    view = view_of(file, {"seats": "int64"})

    assert mismatches(view) == []
    assert [values["seats"].int64_val for _, values, _, _ in carried(view)] == [4]


def test_a_file_that_is_not_there_yet_is_no_mismatch_but_carries_nothing(tmp_path: Path) -> None:
    view = view_of(tmp_path / "trips.parquet", {"seats": "int64"})

    with pytest.raises(SourceMissingError, match="there is no file at"):
        mismatches(view)
    with pytest.raises(SourceMissingError) as missing:
        carried(view)
    assert failure_of(missing.value).endswith("upload it and materialize again")
