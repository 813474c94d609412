"""Opens the engine that a location names, for reading or for writing."""

from __future__ import annotations

from pathlib import Path

from index.engines import embedded, storage, writer
from index.engines.opensearch.place import Cluster, hosts_of, is_cluster
from index.model import Builder, Engine

Location = str | Path | Cluster
"""A directory, or a cluster: as a Cluster, or as its http(s):// address when it asks for no credentials."""


def open_engine(location: Location) -> Engine:
    """
    Return the committed state of the index at `location`.

    Raises NoIndex, CorruptIndex or IndexMismatch; of a cluster EngineAway or EngineRefused too.
    """
    cluster = _cluster(location)
    if cluster is None:
        return embedded.EmbeddedEngine(Path(str(location)))
    from index.engines.opensearch import client, reader

    return reader.OpenSearchEngine(client.shared(cluster))


def open_builder(location: Location) -> Builder:
    """Return the writer for the index at `location`; it takes hold of it when its context is entered."""
    cluster = _cluster(location)
    if cluster is None:
        return writer.EmbeddedBuilder(Path(str(location)))
    from index.engines.opensearch import client
    from index.engines.opensearch.writer import OpenSearchBuilder

    return OpenSearchBuilder(client.shared(cluster))


def state_mark(location: Location) -> str | None:
    """Return what changes with every commit, told at a glance; None where only opening the index tells, or none is."""
    return storage.mark(Path(str(location))) if _cluster(location) is None else None


def cache_dir(location: Location) -> Path | None:
    """Return where a segmenter may cache beside the index at `location`; a full rebuild leaves it alone."""
    cluster = _cluster(location)
    return Path(str(location)) / storage.CACHE if cluster is None else cluster.cache


def _cluster(location: Location) -> Cluster | None:
    if isinstance(location, Cluster):
        return location
    return Cluster(hosts_of(str(location))) if is_cluster(location) else None
