"""Which earlier issues tell of the same trouble: likely ones by BM25 (tantivy, in memory), then a closer look."""
