"""`python -m matih_feast`: reads the environment and serves."""

from __future__ import annotations

import logging
import os
import sys

from matih_feast.settings import Settings, SettingsError


def main() -> int:
    """Starts the server and blocks until it is told to stop."""
    try:
        settings = Settings.read(os.environ)
    except SettingsError as error:
        print(f"matih_feast: {error}", file=sys.stderr)
        return 2
    # Before Feast is imported: its libraries read the environment at import.
    settings.export()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")

    import uvicorn

    from matih_feast.app import create_app

    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="info",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
