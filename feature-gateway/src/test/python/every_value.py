"""Makes a project with the ordinary Feast client, and a stored value of every kind that Feast knows.

Entities (user_id, shop): (1, "a") has everything, (2, "a") has nulls, (3, "ä") is 10 days old,
(4, "a") has extremes.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
from feast.protos.feast.types import Value_pb2 as v
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.types import Float64, Int64, String, from_value_type

project = sys.argv[1]
address = urlsplit(os.environ["FEAST_DATABASE_URL"].removeprefix("jdbc:"))
user, password = os.environ["FEAST_DATABASE_USER"], os.environ["FEAST_DATABASE_PASSWORD"]
# With Feast's own stores, as an ordinary client has them.
in_postgres = {
    "type": "postgres",
    "host": address.hostname,
    "port": address.port,
    "database": address.path.strip("/"),
    "db_schema": f"online_{project}",
    "user": user,
    "password": password,
    "sslmode": "disable",
}
in_redis = {
    "type": "redis",
    "connection_string": urlsplit(os.environ.get("FEAST_REDIS_URL", "")).netloc
    + ",username=plain,password=secret",
}
config = RepoConfig(
    project=project,
    provider="local",
    registry={
        "registry_type": "sql",
        "path": f"postgresql+psycopg://{user}:{password}@{address.hostname}:{address.port}{address.path}",
    },
    online_store=in_redis if os.environ.get("FEAST_ONLINE_STORE") == "redis" else in_postgres,
    offline_store={"type": "file"},
    entity_key_serialization_version=3,
)
now = datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
recent = datetime.now(UTC).replace(microsecond=250000) - timedelta(hours=1)
old = recent - timedelta(days=10)

nested = v.Map(val={"x": v.Value(int64_val=7), "y": v.Value(string_val="z"), "n": v.Value()})
everything = {
    "bytes": v.Value(bytes_val=b"\x00\xff"),
    "string": v.Value(string_val="grüße \U0001f600"),
    "int32": v.Value(int32_val=-5),
    "int64": v.Value(int64_val=2**53 + 1),
    "double": v.Value(double_val=0.1),
    "float": v.Value(float_val=1.1),
    "bool": v.Value(bool_val=False),
    "unix_timestamp": v.Value(unix_timestamp_val=int(now.timestamp())),
    "bytes_list": v.Value(bytes_list_val=v.BytesList(val=[b"a", b""])),
    "string_list": v.Value(string_list_val=v.StringList(val=["a", ""])),
    "int32_list": v.Value(int32_list_val=v.Int32List(val=[1, -2])),
    "int64_list": v.Value(int64_list_val=v.Int64List(val=[1, -(2**60)])),
    "double_list": v.Value(double_list_val=v.DoubleList(val=[1.5, float("nan")])),
    "float_list": v.Value(float_list_val=v.FloatList(val=[1.1, 2.5])),
    "bool_list": v.Value(bool_list_val=v.BoolList(val=[True, False])),
    "unix_timestamp_list": v.Value(unix_timestamp_list_val=v.Int64List(val=[0, 1000])),
    "map": v.Value(map_val=nested),
    "map_list": v.Value(map_list_val=v.MapList(val=[nested, v.Map()])),
    "bytes_set": v.Value(bytes_set_val=v.BytesSet(val=[b"a"])),
    "string_set": v.Value(string_set_val=v.StringSet(val=["a", "b"])),
    "int32_set": v.Value(int32_set_val=v.Int32Set(val=[3])),
    "int64_set": v.Value(int64_set_val=v.Int64Set(val=[3, 4])),
    "double_set": v.Value(double_set_val=v.DoubleSet(val=[0.25])),
    "float_set": v.Value(float_set_val=v.FloatSet(val=[0.1])),
    "bool_set": v.Value(bool_set_val=v.BoolSet(val=[True])),
    "unix_timestamp_set": v.Value(unix_timestamp_set_val=v.Int64Set(val=[5])),
    "json": v.Value(json_val='{"a": 1}'),
    "json_list": v.Value(json_list_val=v.StringList(val=["{}", "[]"])),
    "struct": v.Value(struct_val=nested),
    "struct_list": v.Value(struct_list_val=v.MapList(val=[nested])),
    "uuid": v.Value(uuid_val="6d1c4c8e-55e2-4f0f-93d5-8a2c0c2a1c11"),
    "time_uuid": v.Value(time_uuid_val="b54adc00-67f9-11d9-9669-0800200c9a66"),
    "uuid_list": v.Value(uuid_list_val=v.StringList(val=["6d1c4c8e-55e2-4f0f-93d5-8a2c0c2a1c11"])),
    "time_uuid_list": v.Value(time_uuid_list_val=v.StringList(val=[])),
    "uuid_set": v.Value(uuid_set_val=v.StringSet(val=["6d1c4c8e-55e2-4f0f-93d5-8a2c0c2a1c11"])),
    "time_uuid_set": v.Value(time_uuid_set_val=v.StringSet(val=["x"])),
    "value_list": v.Value(list_val=v.RepeatedValue(val=[v.Value(int64_list_val=v.Int64List(val=[1]))])),
    "value_set": v.Value(set_val=v.RepeatedValue(val=[v.Value(string_val="s"), v.Value()])),
    "decimal": v.Value(decimal_val="12.340"),
    "decimal_list": v.Value(decimal_list_val=v.StringList(val=["1.0"])),
    "decimal_set": v.Value(decimal_set_val=v.StringSet(val=["2"])),
    "scalar_map": v.Value(
        scalar_map_val=v.ScalarMap(
            val=[v.ScalarMapEntry(key=v.MapKey(int64_key=1), value=v.Value(string_val="one"))]
        )
    ),
    "zoned_timestamp": v.Value(
        zoned_timestamp_val=v.ZonedTimestamp(unix_timestamp=int(now.timestamp()), zone="Asia/Tokyo")
    ),
}
extremes = {
    **{name: v.Value() for name in everything},
    "string": v.Value(string_val=""),
    "int32": v.Value(int32_val=-(2**31)),
    "int64": v.Value(int64_val=-(2**63)),
    "double": v.Value(double_val=float("inf")),
    "float": v.Value(float_val=float("nan")),
    "bytes": v.Value(bytes_val=b""),
    "zoned_timestamp": v.Value(zoned_timestamp_val=v.ZonedTimestamp(unix_timestamp=0, zone="UTC")),
}
# The answers of Feast for these types do not depend on the declared type, which some of them cannot have.
UNDECLARABLE = {"struct", "struct_list", "value_list", "value_set", "map_list", "json_list"}


def declared(name: str) -> Field:
    """The feature's field, of its own type where Feast can declare it."""
    if name in UNDECLARABLE:
        return Field(name=name, dtype=String)
    return Field(name=name, dtype=from_value_type(ValueType[name.upper()]))


def key(user_id: int, shop: str) -> EntityKey:
    """A key of two parts, deliberately not in the order of their names."""
    return EntityKey(
        join_keys=["user_id", "shop"],
        entity_values=[v.Value(int64_val=user_id), v.Value(string_val=shop)],
    )


with TemporaryDirectory() as folder:
    import pandas as pd

    file = str(Path(folder) / "empty.parquet")
    pd.DataFrame({"event_timestamp": pd.to_datetime([], utc=True)}).to_parquet(file)
    source = FileSource(name="nothing", path=file, timestamp_field="event_timestamp")
    users = Entity(name="user", join_keys=["user_id"], value_type=ValueType.INT64)
    shops = Entity(name="shop", join_keys=["shop"], value_type=ValueType.STRING)
    codes = Entity(name="code", join_keys=["code"], value_type=ValueType.INT32)
    view = FeatureView(
        name="everything",
        entities=[users, shops],
        schema=[
            Field(name="user_id", dtype=Int64),
            Field(name="shop", dtype=String),
            *[declared(n) for n in everything],
        ],
        ttl=timedelta(days=2),
        source=source,
        tags={"made_by": "client"},
    )
    by_code = FeatureView(
        name="by_code",
        entities=[codes],
        schema=[
            Field(name="code", dtype=from_value_type(ValueType.INT32)),
            Field(name="rate", dtype=Float64),
        ],
        ttl=timedelta(0),
        source=source,
    )
    everywhere = FeatureView(
        name="everywhere", entities=[], schema=[Field(name="level", dtype=Float64)], source=source
    )
    mixed = FeatureService(
        name="mixed",
        features=[
            view[["double", "string"]].with_name("shopping").with_join_key_map({"user_id": "buyer_id"}),
            by_code,
        ],
    )
    store = FeatureStore(config=config)
    store.apply([users, shops, codes, view, by_code, everywhere, mixed])

online = store._get_provider().online_store
online.online_write_batch(
    config,
    view,
    [
        (key(1, "a"), everything, recent, recent),
        (key(2, "a"), {name: v.Value() for name in everything}, recent, None),
        (key(3, "ä"), everything, old, None),
        (key(4, "a"), extremes, recent, None),
    ],
    None,
)
codes_of = [(9, 0.5), (-1, -0.0)]
online.online_write_batch(
    config,
    by_code,
    [
        (
            EntityKey(join_keys=["code"], entity_values=[v.Value(int32_val=code)]),
            {"rate": v.Value(double_val=rate)},
            old,
            None,
        )
        for code, rate in codes_of
    ],
    None,
)
online.online_write_batch(
    config,
    everywhere,
    [
        (
            EntityKey(join_keys=["__dummy_id"], entity_values=[v.Value(string_val="")]),
            {"level": v.Value(double_val=3.5)},
            recent,
            None,
        )
    ],
    None,
)
