"""A store of files behind plain addresses, as signed addresses are: GET reads one, PUT replaces one."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer:
    """`answers` holds statuses to give before the good ones."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.answers: list[int] = []
        self.calls = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content = owner.files.get(self.path)
                self._answer(owner.status(404 if content is None else 200), content or b"")

            def do_PUT(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status = owner.status(200)
                if status == 200:
                    owner.files[self.path] = content
                self._answer(status, b"")

            def _answer(self, status: int, content: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def status(self, otherwise: int) -> int:
        self.calls += 1
        return self.answers.pop(0) if self.answers else otherwise

    def put(self, path: str, content: bytes) -> str:
        self.files[path] = content
        return self.uri + path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
