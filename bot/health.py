"""Serves /healthz and Prometheus' /metrics on the operator's HEALTH_PORT, to this machine only."""

from __future__ import annotations

from collections.abc import Callable

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot import messages
from bot.desk import Desk
from bot.settings import BadSettings

ADDRESS = "127.0.0.1"


class _Healthz(RequestHandler):
    def initialize(self, state: Callable[[], str]) -> None:
        self._state = state

    def get(self) -> None:
        state = self._state()
        self.set_status(200 if state == "ok" else 503)
        self.finish({"status": state})


class _Metrics(RequestHandler):
    def initialize(self, desk: Desk) -> None:
        self._desk = desk

    def get(self) -> None:
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(self._desk.metrics.exposition())


def serve_health(desk: Desk, receiving: Callable[[], bool], port: int) -> HTTPServer:
    """
    Start the server; 503 while there is no index ("indexing") or no connection to Telegram ("not receiving").

    Raises BadSettings when the port cannot be had.
    """

    def state() -> str:
        if desk.archive is None:
            return "indexing" if desk.building else "no archive"
        return "ok" if receiving() else "not receiving"

    server = HTTPServer(Application([("/healthz", _Healthz, {"state": state}), ("/metrics", _Metrics, {"desk": desk})]))
    try:
        server.listen(port, ADDRESS)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadSettings(messages.PORT_TAKEN.format(variable="WENBAO_HEALTH_PORT", port=port, reason=reason)) from None
    return server
