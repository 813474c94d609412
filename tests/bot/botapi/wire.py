"""The HTTP face of the server: calls, downloads, and connections that break when a test wants it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from .faults import ConnectionDropped
from .parameters import Parameters, Upload

if TYPE_CHECKING:
    from .dispatcher import Dispatcher

_LARGEST_UPLOAD = 64 * 1024 * 1024


class Listener:
    """An open port."""

    def __init__(self, server: HTTPServer, port: int) -> None:
        self.port = port
        self._server = server

    async def close(self) -> None:
        self._server.stop()
        await self._server.close_all_connections()


def listen(server: Dispatcher) -> Listener:
    """Serve on a free port of 127.0.0.1."""
    application = Application(
        [(r"/bot([^/]+)/(\w+)", _Calls, {"server": server}), (r"/file/bot([^/]+)/(.+)", _Files, {"server": server})],
        log_function=lambda handler: None,
    )
    sockets = bind_sockets(0, "127.0.0.1")
    http = HTTPServer(application, max_buffer_size=_LARGEST_UPLOAD, max_body_size=_LARGEST_UPLOAD)
    http.add_sockets(sockets)
    return Listener(http, sockets[0].getsockname()[1])


class _Calls(RequestHandler):
    def initialize(self, server: Dispatcher) -> None:
        self.server = server
        self.task: asyncio.Task[Any] | None = None

    async def post(self, token: str, method: str) -> None:
        # A task of its own, so that a long poll ends when the bot hangs up.
        self.task = asyncio.create_task(self.server.dispatch(token, method, self._parameters()))
        try:
            status, body = await self.task
        except ConnectionDropped:
            self.detach().close()
            return
        except asyncio.CancelledError:
            if not self.task.cancelled():
                raise
            return
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps(body))

    get = post

    def on_connection_close(self) -> None:
        if self.task:
            self.task.cancel()

    def _parameters(self) -> Parameters:
        request = self.request
        if "json" in request.headers.get("Content-Type", ""):
            values = json.loads(request.body or b"{}")
            return Parameters({k: v if isinstance(v, str) else json.dumps(v) for k, v in values.items()})
        raw = {name: values[-1].decode() for name, values in request.arguments.items()}
        return Parameters(
            raw, {name: Upload(files[0].filename, files[0].body) for name, files in request.files.items()}
        )


class _Files(RequestHandler):
    def initialize(self, server: Dispatcher) -> None:
        self.server = server

    def get(self, token: str, path: str) -> None:
        content = self.server.download(token, path)
        if content is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "application/octet-stream")
        self.write(content)
