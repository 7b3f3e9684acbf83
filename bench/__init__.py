"""Benchmarks: ratios against a limit or a peer in the same run. `make bench` writes docs/developing/bench.md."""
