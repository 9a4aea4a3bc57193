"""Reads with the ordinary Feast client through the gateway and prints the answer as JSON."""

import json
import os
import sys
from urllib.parse import urlsplit

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
answer = store.get_online_features(
    features=["everything:int64", "everything:string", "everything:double", "everything:int64_list"],
    entity_rows=[{"user_id": 1, "shop": "a"}, {"user_id": 2, "shop": "a"}, {"user_id": 3, "shop": "ä"}],
).to_dict()
print("ANSWER " + json.dumps(answer))
