"""Puts a small Parquet file of hourly weather into a tenant's part of the data sets."""

import os
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

tenant = sys.argv[1]
table = pa.table(
    {
        "origin": ["JFK", "JFK", "LGA", "EWR"],
        "time_hour": pa.array([1357034400, 1357038000, 1357038000, 1357038000], pa.timestamp("s", tz="UTC")),
        "temp": [50.1, 51.25, None, 40.0],
        "wind_dir": pa.array([10, 20, 30, 40], pa.int64()),
    }
)
store = fs.S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"])
pq.write_table(table, f"datasets/{tenant}/weather.parquet", filesystem=store)
