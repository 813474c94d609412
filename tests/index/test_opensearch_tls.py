"""The cluster engine over HTTPS: whom it trusts, and what it tells of itself and to whom."""

from __future__ import annotations

import contextlib
import logging
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
import trustme

from index.engines.opensearch.check import check
from index.engines.opensearch.client import Client
from index.engines.opensearch.place import Cluster
from index.errors import EngineRefused

from .smallcluster import SmallCluster

PASSWORD, KEY, SENT_KEY = "hunter2", "id:hunter3", "aWQ6aHVudGVyMw=="
SECRETS = (PASSWORD, "cGFwZXI6aHVudGVyMg==", "hunter3", SENT_KEY)


class Front(ThreadingHTTPServer):
    """
    HTTPS on loopback in front of a small cluster.

    status         answered to everything instead, when it is not 0
    authorization  of each request that came through
    """

    def __init__(self, certificate: trustme.LeafCert) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.cluster = SmallCluster()
        self.status = 0
        self.authorization: list[str | None] = []
        self.url = f"https://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A handshake that the client broke off."""


class _Handler(BaseHTTPRequestHandler):
    server: Front

    def do_GET(self) -> None:
        self.server.authorization.append(self.headers["Authorization"])
        content = self.rfile.read(int(self.headers["Content-Length"] or 0))
        request = httpx.Request(self.command, f"http://cluster{self.path}", content=content)
        told = httpx.Response(self.server.status, json={"error": {"type": "security_exception", "reason": "no"}})
        answer = told if self.server.status else self.server.cluster.handle_request(request)
        self.send_response(answer.status_code)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_POST = do_PUT = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    """The authority's certificate, as a file."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


@pytest.fixture
def front(authority: trustme.CA) -> Iterator[Front]:
    with serving(authority.issue_cert("127.0.0.1")) as server:
        yield server


@contextlib.contextmanager
def serving(certificate: trustme.LeafCert) -> Iterator[Front]:
    with Front(certificate) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def refused(cluster: Cluster) -> str:
    """Return what is said when the cluster refuses, which must come without a wait."""
    client = Client(cluster, sleep=lambda _: pytest.fail("waited"))
    with pytest.raises(EngineRefused) as error:
        client.call("GET", "")
    client.close()
    return str(error.value)


class TestTrust:
    def test_a_certificate_that_no_authority_vouches_for_is_refused_and_nothing_is_told_to_it(self, front):
        told = refused(Cluster((front.url,), user="paper", password=PASSWORD))
        assert "证书不可信" in told
        assert "WENBAO_ENGINE_CA_FILE" in told
        assert front.url in told
        assert front.authorization == []

    def test_the_authority_that_is_named_is_trusted_for_writing_and_reading(self, front, trusted):
        client = Client(Cluster((front.url,), ca_file=trusted))
        assert [finding.good for finding in check(client)] == [True] * 4
        client.close()

    def test_another_authority_than_the_one_that_is_named_is_not(self, front, tmp_path):
        trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
        assert "WENBAO_ENGINE_CA_FILE" in refused(Cluster((front.url,), ca_file=tmp_path / "other.pem"))

    def test_a_certificate_for_another_host_is_refused_and_says_so(self, authority, trusted):
        with serving(authority.issue_cert("elsewhere.example")) as front:
            assert "127.0.0.1" in refused(Cluster((front.url,), ca_file=trusted)).partition("（")[2]
            assert front.authorization == []

    def test_a_host_that_is_trusted_answers_for_one_that_is_not(self, front, trusted):
        with serving(trustme.CA().issue_cert("127.0.0.1")) as stranger:
            for _ in range(4):
                client = Client(Cluster((stranger.url, front.url), ca_file=trusted))
                assert client.call("GET", "").status == 200
                client.close()
            assert stranger.authorization == []


class TestCredentials:
    @pytest.mark.parametrize(
        ("given", "sent"),
        [
            ({"user": "paper", "password": PASSWORD}, "Basic cGFwZXI6aHVudGVyMg=="),
            ({"api_key": KEY}, f"ApiKey {SENT_KEY}"),
            ({}, None),
        ],
        ids=["password", "key", "none"],
    )
    def test_go_with_every_request(self, front, trusted, given, sent):
        client = Client(Cluster((front.url,), ca_file=trusted, **given))
        assert all(finding.good for finding in check(client))
        client.close()
        assert len(front.authorization) > 10
        assert set(front.authorization) == {sent}

    @pytest.mark.parametrize(
        ("status", "named"), [(401, "ENGINE_PASSWORD 或 ENGINE_API_KEY"), (403, r"wenbao* 的权限")]
    )
    def test_that_are_refused_are_an_error_that_says_what_to_mend_and_never_what_they_are(
        self, front, trusted, caplog, status, named
    ):
        for logger in ("", "httpcore", "httpx"):
            caplog.set_level(logging.DEBUG, logger=logger)
        front.status = status
        cluster = Cluster((front.url,), ca_file=trusted)
        for place in (replace(cluster, user="paper", password=PASSWORD), replace(cluster, api_key=KEY)):
            told = refused(place)
            assert str(status) in told
            assert named in told
            for secret in SECRETS:
                assert secret not in f"{told} {place!r} {caplog.text}"
        assert len(front.authorization) == 2
        assert "httpcore" in caplog.text
