"""The public door as the fuzzer's preparations call it."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import requests

API = "/api/v1/ml"


class Door:
    """One key in front of the door; an answer that is not expected ends the preparation."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"

    def send(self, method: str, path: str, expected: tuple[int, ...] = (200, 201, 202), **body: Any) -> requests.Response:
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        headers.update(body.pop("headers", {}))
        answer = self.session.request(method, self.url + API + path, headers=headers, timeout=60, **body)
        if answer.status_code not in expected:
            raise AssertionError(f"{method} {path} answered {answer.status_code}: {answer.text[:1000]}")
        return answer

    def post(self, path: str, body: Any) -> Any:
        return self.send("POST", path, json=body).json()

    def put(self, path: str, body: Any, **more: Any) -> Any:
        return self.send("PUT", path, json=body, **more).json()

    def get(self, path: str) -> Any:
        return self.send("GET", path).json()

    def wait(self, path: str, reached: Callable[[Any], bool], bound: float = 240) -> Any:
        """Looks until the condition holds."""
        deadline = time.monotonic() + bound
        while not reached(seen := self.get(path)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{path} is after {bound} s still {seen}")
            time.sleep(0.4)
        return seen
