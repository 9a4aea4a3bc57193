"""The HTTP surface: health, apply, materialize, and Feast's own app for each project."""

from __future__ import annotations

import asyncio
import hmac
import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from feast.errors import FeastError
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints
from starlette.exceptions import HTTPException
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matih_feast.definitions import DefinitionError, Definitions, Name
from matih_feast.failures import DATABASE_AWAY, REDIS_AWAY
from matih_feast.materialization import Materialization, ViewProgress
from matih_feast.projects import (
    ProjectBusyError,
    ProjectNotFoundError,
    Projects,
    PushedRow,
    RowsRefusedError,
    UnknownViewError,
)
from matih_feast.repository import InvalidProjectError
from matih_feast.settings import Settings
from matih_feast.sources import SourceUnreadableError

log = logging.getLogger(__name__)

# What Feast's app may answer through us. Its writing calls go through data frames, which bend values.
FEAST_PATHS = frozenset({"/get-online-features", "/health"})
MAX_BODY_BYTES = 16 * 1024 * 1024


class MaterializeRequest(BaseModel):
    """A time range, and the views to fill (all when left out); the id makes a repeated call harmless."""

    model_config = ConfigDict(extra="forbid")

    start: AwareDatetime
    end: AwareDatetime
    views: list[Name] | None = None
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None


class PushRequest(BaseModel):
    """Rows of one view; bytes are base64, times of features whole seconds since 1970."""

    model_config = ConfigDict(extra="forbid")

    view: Name
    rows: list[PushedRow]


def create_app(settings: Settings) -> ASGIApp:
    """The whole server. Opens known projects at the start, so that the first request of each is warm."""
    projects = Projects(settings.database, settings.redis)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warming = asyncio.create_task(_warm(projects))
        yield
        warming.cancel()
        await projects.close()

    app = FastAPI(title="matih-feast", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    _errors(app)

    @app.get("/health")
    async def health() -> dict[str, str]:
        reachable = await asyncio.to_thread(projects.registry_reachable)
        answer = {"status": "up", "registry": "up" if reachable else "down"}
        redis_reachable = await asyncio.to_thread(projects.redis_reachable)
        if redis_reachable is not None:
            answer["online_store"] = "up" if redis_reachable else "down"
        return answer

    @app.post("/projects/{project}/apply")
    async def apply(project: str, definitions: Definitions) -> dict[str, list[str]]:
        opened = await projects.get(project, create=True)
        return await asyncio.to_thread(opened.apply, definitions)

    @app.post("/projects/{project}/check")
    async def check(project: str, definitions: Definitions) -> dict[str, Any]:
        opened = await projects.get(project, create=True)
        return await asyncio.to_thread(opened.check, definitions)

    @app.post("/projects/{project}/push")
    async def push(project: str, request: PushRequest) -> dict[str, int]:
        opened = await projects.get(project)
        await asyncio.to_thread(opened.push, request.view, request.rows)
        return {"rows": len(request.rows)}

    @app.post("/projects/{project}/materialize", status_code=202)
    async def materialize(project: str, request: MaterializeRequest) -> dict[str, Any]:
        if request.start > request.end:
            raise DefinitionError("start lies after end")
        opened = await projects.get(project)
        known = await asyncio.to_thread(opened.view_names)
        unknown = [view for view in request.views or [] if view not in known]
        if unknown:
            raise UnknownViewError(f"project {project} has no online view {unknown[0]}")
        work = Materialization(
            id=request.id or uuid.uuid4().hex,
            project=project,
            start=request.start.astimezone(UTC),
            end=request.end.astimezone(UTC),
            views=[ViewProgress(name) for name in dict.fromkeys(request.views or known)],
        )
        return projects.submit(opened, work).document()

    @app.get("/projects/{project}/materializations/{work_id}")
    async def materialization(project: str, work_id: str) -> dict[str, Any]:
        work = projects.materialization(project, work_id)
        if work is None:
            raise HTTPException(404, "this process knows no such materialization")
        return work.document()

    app.router.routes.append(Mount("/projects/{project}/feast", app=FeastDoor(projects)))
    return Guard(app, settings.token)


class FeastDoor:
    """Hands a request to the Feast app of the project in the path."""

    def __init__(self, projects: Projects) -> None:
        self._projects = projects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path not in FEAST_PATHS:
            await _problem(404, "NotFound", f"only {', '.join(sorted(FEAST_PATHS))} are served here")(
                scope, receive, send
            )
            return
        project = await self._projects.get(scope["path_params"]["project"])
        answer = _HeldFailure(send)
        try:
            await project.app(scope, receive, answer.send)
        except Exception as error:
            # Feast's app answers 500 for anything and then raises on; a lost database is told apart here.
            log.warning("Feast's app failed: %s: %s", type(error).__name__, error)
            if isinstance(error, (*DATABASE_AWAY, *REDIS_AWAY)) and answer.held:
                await _away(error)(scope, receive, send)
                return
        await answer.release()


class _HeldFailure:
    """Passes an answer on, but keeps a 500 back until it is known what lies behind it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._kept: list[Message] = []

    @property
    def held(self) -> bool:
        return bool(self._kept)

    async def send(self, message: Message) -> None:
        if self._kept or (message["type"] == "http.response.start" and message["status"] == 500):
            self._kept.append(message)
        else:
            await self._send(message)

    async def release(self) -> None:
        for message in self._kept:
            await self._send(message)


class Guard:
    """Lets nobody in without the shared secret, except to ask for health; refuses oversized bodies."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http":
            headers = dict(scope["headers"])
            if scope["path"] != "/health" and not hmac.compare_digest(
                headers.get(b"authorization", b""), self._expected
            ):
                await _problem(401, "Unauthenticated", "the shared secret is missing or wrong")(
                    scope, receive, send
                )
                return
            length = headers.get(b"content-length", b"0")
            if not length.isdigit() or int(length) > MAX_BODY_BYTES:
                await _problem(413, "TooLarge", f"a body has at most {MAX_BODY_BYTES} bytes")(
                    scope, receive, send
                )
                return
        await self._app(scope, receive, send)


async def _warm(projects: Projects) -> None:
    try:
        for name in await asyncio.to_thread(projects.existing):
            await projects.get(name)
    except Exception:
        log.warning("known projects could not be opened yet; each opens on its first use", exc_info=True)


def _problem(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"code": code, "message": message}, status_code=status)


def _away(error: Exception) -> JSONResponse:
    if isinstance(error, OSError):
        return _problem(503, "StorageUnavailable", "the object store with the sources does not answer")
    if isinstance(error, REDIS_AWAY):
        return _problem(503, "OnlineStoreUnavailable", "the Redis with the online values does not answer")
    return _problem(503, "DatabaseUnavailable", "the Feast database does not answer")


def _errors(app: FastAPI) -> None:
    """Every failure becomes {code, message}; a failure of ours is told in the log only."""

    known: list[tuple[type[Exception], int, str]] = [
        (InvalidProjectError, 400, "InvalidProject"),
        (DefinitionError, 422, "InvalidDefinition"),
        (SourceUnreadableError, 422, "InvalidDefinition"),
        (RowsRefusedError, 422, "RowsRefused"),
        (ProjectNotFoundError, 404, "ProjectNotFound"),
        (UnknownViewError, 404, "ViewNotFound"),
        (ProjectBusyError, 409, "ProjectBusy"),
    ]
    for kind, status, code in known:

        def stated(_: Request, error: Exception, status: int = status, code: str = code) -> JSONResponse:
            return _problem(status, code, str(error))

        app.add_exception_handler(kind, stated)

    def refused(_: Request, error: Exception) -> JSONResponse:
        status = error.http_status_code() if isinstance(error, FeastError) else 422
        return _problem(status if 400 <= status < 500 else 422, "Refused", f"{type(error).__name__}: {error}")

    app.add_exception_handler(FeastError, refused)
    app.add_exception_handler(ValueError, refused)

    def away(_: Request, error: Exception) -> JSONResponse:
        log.warning("%s: %s", type(error).__name__, error)
        return _away(error)

    for away_kind in (*DATABASE_AWAY, *REDIS_AWAY, OSError):
        app.add_exception_handler(away_kind, away)

    def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        message = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'][1:]) or 'body'}: {item['msg']}"
            for item in error.errors()[:20]
        )
        return _problem(400, "InvalidRequest", message)

    app.add_exception_handler(RequestValidationError, invalid)

    def plain(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return _problem(
            error.status_code, "NotFound" if error.status_code == 404 else "Refused", str(error.detail)
        )

    app.add_exception_handler(HTTPException, plain)

    def broken(_: Request, error: Exception) -> JSONResponse:
        log.error("unexpected failure", exc_info=error)
        return _problem(500, "Internal", "the server failed; its log says why")

    app.add_exception_handler(Exception, broken)
