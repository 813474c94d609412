"""Where an archive lies on a cluster, and as whom to ask for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import EngineRefused


@dataclass(frozen=True, slots=True)
class Cluster:
    """
    One archive on a cluster.

    hosts   "https://search1:9200", several of one cluster: any of them is asked
    index   what the names of its indexes begin with; the alias of that name is the one that answers
    shards  of an index made by a full rebuild
    cache   a local directory for the segmenter's cache, None for none
    """

    hosts: tuple[str, ...]
    index: str = "wenbao"
    shards: int = 1
    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca_file: Path | None = None
    cache: Path | None = None

    def __str__(self) -> str:
        return f"{','.join(self.hosts)} {self.index}"


def is_cluster(location: object) -> bool:
    return isinstance(location, str) and location.startswith(("http://", "https://"))


def hosts_of(written: str) -> tuple[str, ...]:
    """
    Return the hosts of "https://a:9200,https://b:9200".

    Raises EngineRefused, which does not repeat what is written: it may hold a password.
    """
    hosts = tuple(host.strip().rstrip("/") for host in written.split(",") if host.strip())
    for host in hosts:
        try:
            parts = urlsplit(host)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise EngineRefused("ENGINE_URL：应是 http:// 或 https:// 开头的地址，多个用逗号隔开")
        if parts.username or parts.password:
            raise EngineRefused("ENGINE_URL：地址里不要写用户名和密码；请写进 ENGINE_USER 和 ENGINE_PASSWORD")
        if parts.query or parts.fragment:
            raise EngineRefused("ENGINE_URL：应只写协议、主机、端口和路径")
    return hosts
