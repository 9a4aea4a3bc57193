"""Generated rows of every declarable type: some in a file, some to push, and what a join finds of all.

Arguments: tenant, number of entities, seed. Prints {"before": requests, "after": ..., "expected": values}.
"""

import base64
import datetime as dt
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from matih_features.columns import SCALARS

sys.path.append(str(Path(__file__).parents[4] / "training-orchestrator/src/main/python"))

from matih_training.join import join_features
from matih_training.specification import Feature, FeatureViewSource

tenant, entities, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
KINDS = [*SCALARS, *(f"{scalar}_list" for scalar in SCALARS)]
# As files have them: whole numbers of 32 bits as a data frame with gaps writes them, times in microseconds.
STORED = {
    "string": pa.string(),
    "bytes": pa.binary(),
    "int32": pa.float64(),
    "int64": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "unix_timestamp": pa.timestamp("us", "UTC"),
}
# Keys that would be one if they went through a floating point number.
FIRST_KEY = 2**53


def scalar(kind: str) -> Any:  # noqa: ANN401
    """One value; whole numbers lie around 2**53 or at the ends."""
    match kind:
        case "string":
            return "".join(chance.choices("ab ü\U0001f600'\"\\\n\t", k=chance.randrange(8)))
        case "bytes":
            return chance.randbytes(chance.randrange(6))
        case "int32":
            return chance.choice([0, -1, 2**31 - 1, -(2**31), chance.randrange(-1000, 1000)])
        case "int64":
            near = 2**53 + chance.randrange(-3, 4)
            return chance.choice([near, -near, 2**63 - 1, -(2**63), 0, chance.randrange(-(2**62), 2**62)])
        case "float":
            return pa.scalar(chance.uniform(-1e6, 1e6), pa.float32()).as_py()
        case "double":
            return chance.choice([chance.uniform(-1e300, 1e300), -0.0, 5e-324, 0.1, float("inf")])
        case "bool":
            return chance.random() < 0.5
        case _:
            return EPOCH + dt.timedelta(seconds=chance.randrange(-(2**33), 2**33))


def value(kind: str) -> Any:  # noqa: ANN401
    """One value, a list, or null."""
    if chance.random() < 0.2:
        return None
    if kind.endswith("_list"):
        return [scalar(kind.removesuffix("_list")) for _ in range(chance.randrange(4))]
    return scalar(kind)


def shown(found: Any) -> Any:  # noqa: ANN401
    """As JSON has it."""
    if isinstance(found, list):
        return [shown(element) for element in found]
    if isinstance(found, bytes):
        return base64.b64encode(found).decode()
    if isinstance(found, dt.datetime):
        return found.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z"
    return "Infinity" if found == float("inf") and isinstance(found, float) else found


def row(key: int, at: dt.datetime, made: dt.datetime | None) -> dict[str, Any]:
    """One event of an entity."""
    return {"key": key, "at": at, "made": made, **{f"f_{kind}": value(kind) for kind in KINDS}}


def moment() -> dt.datetime:
    """A time before or after 1970, with microseconds."""
    return EPOCH + dt.timedelta(microseconds=chance.randrange(-(2**49), 2**50))


rows: list[dict[str, Any]] = []
for number in range(entities):
    at, made = moment(), moment()
    for event in range(chance.randrange(1, 5)):
        if chance.random() < 0.6:
            at = moment()
        # Two events of one time differ in when they were made; only the first may not say it.
        unsaid = event == 0 and chance.random() < 0.5
        made += dt.timedelta(microseconds=1)
        rows.append(row(FIRST_KEY + number, at, None if unsaid else made))
chance.shuffle(rows)
in_file, before, after = (rows[place::3] for place in range(3))
for one in in_file:
    # The door refuses it in a request; a file may have it.
    one["f_string"] = one["f_string"] and one["f_string"] + "\0"

schema = pa.schema(
    [("key", pa.int64()), ("at", pa.timestamp("us", "UTC")), ("made", pa.timestamp("us", "UTC"))]
    + [(f"f_{kind}", STORED[kind]) for kind in SCALARS]
    + [(f"f_{kind}_list", pa.list_(STORED[kind] if kind != "int32" else pa.int64())) for kind in SCALARS]
)
store = fs.S3FileSystem(endpoint_override=os.environ["AWS_ENDPOINT_URL"])
pq.write_table(
    pa.Table.from_pylist(in_file, schema), f"datasets/{tenant}/generated.parquet", filesystem=store
)

view = FeatureViewSource(
    name="generated",
    source_uri="",
    timestamp_column="at",
    created_timestamp_column="made",
    ttl_seconds=0,
    join_keys=("key",),
    features=tuple(Feature(f"f_{kind}", f"f_{kind}", kind) for kind in KINDS),
)
keys = [FIRST_KEY + number for number in range(entities)]
asked = pa.table(
    {"key": keys, "now": pa.array([dt.datetime(2026, 1, 1)] * entities, pa.timestamp("us", "UTC"))}
)
joined = join_features(asked, "now", [(view, pa.Table.from_pylist(rows, schema))])


def requests(some: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pushes of some hundred rows each."""
    plain = [{name: shown(cell) for name, cell in one.items()} for one in some]
    return [{"view": "generated", "rows": plain[at : at + 400]} for at in range(0, len(plain), 400)]


print(
    json.dumps(
        {
            "before": requests(before),
            "after": requests(after),
            "expected": [
                {name: shown(cell) for name, cell in one.items() if name != "now"}
                for one in joined.to_pylist()
            ],
        }
    )
)
