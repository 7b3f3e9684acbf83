"""The lake: Parquet by `year=/province=`, written whole or not at all, each snapshot with a manifest that proves it."""
