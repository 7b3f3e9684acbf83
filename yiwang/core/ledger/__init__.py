"""The ledger (存证): an append-only list of entries, chained by hash. `post()` is the only way in."""
