"""The application of one version on Ray Serve. The router writes its configuration and is its only caller."""

import hmac
import json
import traceback
from pathlib import Path
from typing import Any

from ray import serve
from starlette.requests import Request
from starlette.responses import Response

from matih_training.native_version import load

BUNDLE = Path(__file__).resolve().parents[1] / "bundle"
KEY_HEADER = "x-matih-key"


class ServedVersion:
    """Answers `{"columns": [[…], …]}`, the values of each input of the signature, with `{"scores": […]}`.

    403 without the application's key, 400 for a body of another form, 422 for values on which the model fails.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._version = load(BUNDLE)
        self._ended = False

    def __del__(self) -> None:
        """Ray Serve calls it when the replica is to end."""
        self._ended = True

    def check_health(self) -> None:
        """Fails in a replica that was told to end: a controller that died meanwhile takes it for one that goes on."""
        if self._ended:
            raise RuntimeError("the replica was told to end")

    async def __call__(self, request: Request) -> Response:
        """Answers one batch."""
        if not hmac.compare_digest(request.headers.get(KEY_HEADER, ""), self._key):
            return _answer(403, {"error": "the key of the application is missing"})
        try:
            columns = json.loads(await request.body())["columns"]
        except (ValueError, KeyError, TypeError):
            return _answer(400, {"error": "the body is not an object with columns"})
        try:
            return _answer(200, {"scores": self._version.answer(columns)})
        except Exception as error:  # noqa: BLE001  (whatever a model does with values is its answer to them)
            traceback.print_exc()
            return _answer(422, {"error": f"{type(error).__name__}: {error}"[:500]})


def _answer(status: int, document: dict[str, Any]) -> Response:
    return Response(json.dumps(document), status, media_type="application/json")


def build(arguments: dict[str, str]) -> serve.Application:
    """The application, by the arguments of its configuration: the `key` that callers send."""
    return serve.deployment(name="version")(ServedVersion).bind(arguments["key"])
