"""A store of the ordinary Feast client that reads and writes online values through the gateway."""

import os
import sys
from urllib.parse import urlsplit

from feast import FeatureStore, RepoConfig


def of_arguments() -> FeatureStore:
    """For project, gateway and token, in this order on the command line; the registry is Feast's own."""
    project, gateway, token = sys.argv[1:4]
    address = urlsplit(os.environ["FEAST_DATABASE_URL"].removeprefix("jdbc:"))
    user, password = os.environ["FEAST_DATABASE_USER"], os.environ["FEAST_DATABASE_PASSWORD"]
    return FeatureStore(
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
