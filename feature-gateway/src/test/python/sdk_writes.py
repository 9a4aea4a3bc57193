"""Writes with the ordinary Feast client through the gateway, to a view and to its push source, and prints what it reads then."""

import json
import os
import sys
from urllib.parse import urlsplit

import pandas as pd
from feast import FeatureStore, RepoConfig

project, gateway, token = sys.argv[1:4]
address = urlsplit(os.environ["FEAST_DATABASE_URL"].removeprefix("jdbc:"))
user, password = os.environ["FEAST_DATABASE_USER"], os.environ["FEAST_DATABASE_PASSWORD"]
store = FeatureStore(
    config=RepoConfig(
        project=project,
        provider="local",
        registry={
            "registry_type": "sql",
            "path": f"postgresql+psycopg://{user}:{password}@{address.hostname}:{address.port}{address.path}",
        },
        online_store={"type": "remote", "path": gateway},
        offline_store={"type": "file"},
        entity_key_serialization_version=3,
        auth={"type": "oidc", "token": token},
    )
)


def rows(origin: str, temp: float) -> pd.DataFrame:
    """More than the gateway hands to Feast at once; of rows of one entity the newest stays."""
    days = pd.date_range("2013-03-01", periods=1_500, freq="h", tz="UTC")
    return pd.DataFrame({"origin": origin, "time_hour": days, "temp": temp, "wind_dir": range(len(days))})


store.write_to_online_store("weather", rows("ORD", 3.25))
source = store.get_feature_view("weather").stream_source
store.push(source.name, rows("SFO", -1.5))
answer = store.get_online_features(
    features=["weather:temp", "weather:wind_dir"], entity_rows=[{"origin": "ORD"}, {"origin": "SFO"}]
).to_dict()
print("ANSWER " + json.dumps(answer))
