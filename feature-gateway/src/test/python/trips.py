"""Puts a small Parquet file of trips into a tenant's part of the data sets, as a data frame might have it."""

import datetime as dt
import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

LATE = dt.datetime(2025, 12, 1)
table = pa.table(
    {
        "driver": [101, 102, 103, None, 104],
        "at": [LATE, dt.datetime(1960, 5, 6), LATE, LATE, None],
        "made": pa.array([None] * 5, pa.timestamp("us")),
        "seats": pa.array([1, 2**53 + 1, None, 4, 5], pa.int64()),
        "temp": [1.0, 2.2, None, 4.0, 5.0],
    }
)
store = fs.S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"])
pq.write_table(table, f"datasets/{sys.argv[1]}/trips.parquet", filesystem=store)
