"""The cluster engine: the same index behind OpenSearch's or Elasticsearch's HTTP interface."""
