"""`python -m matih_feast.forget PROJECT [VIEW]`: removes online values from Redis, a project's or a view's.

In PostgreSQL it is a statement: `drop schema online_<project> cascade`, or `truncate` of the view's table.
"""

from __future__ import annotations

import os
import sys

from matih_feast.settings import Settings, SettingsError


def main(arguments: list[str]) -> int:
    """Prints what it removed."""
    if not 1 <= len(arguments) <= 2:
        print("usage: python -m matih_feast.forget PROJECT [VIEW]", file=sys.stderr)
        return 2
    try:
        settings = Settings.read(os.environ)
    except SettingsError as error:
        print(f"matih_feast: {error}", file=sys.stderr)
        return 2
    if settings.redis is None:
        print("matih_feast: FEAST_ONLINE_STORE is not redis", file=sys.stderr)
        return 2
    # Before Feast is imported: its libraries read the environment at import.
    settings.export()

    from feast.errors import FeastError

    from matih_feast.redis_online import keys_of, remove, shared_client
    from matih_feast.registry import ProjectStore
    from matih_feast.repository import InvalidProjectError, check_name, repo_config

    project, *views = arguments
    try:
        check_name(project)
        if not views:
            client = shared_client(settings.redis)
            print(f"{remove(client, keys_of(client, project))} entities of {project} removed")
            return 0
        config = repo_config(project, settings.database, settings.redis)
        store = ProjectStore(config=config)
        view = store.get_feature_view(views[0])
        store._get_provider().online_store.delete_table(config, view)
    except (FeastError, InvalidProjectError) as error:
        print(f"matih_feast: {error}", file=sys.stderr)
        return 1
    print(f"values of {project}.{views[0]} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
