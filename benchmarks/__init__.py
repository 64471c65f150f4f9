"""Benchmarks: each prints a table and a JSON line, and measures what it compares side by side in one run."""
