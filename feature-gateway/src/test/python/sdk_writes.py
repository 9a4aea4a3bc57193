"""Writes with the ordinary Feast client through the gateway and prints what it reads then."""

import json

import pandas as pd

import sdk_store

store = sdk_store.of_arguments()


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
