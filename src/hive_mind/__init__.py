"""Hive Mind: a self-hosted, French-first, distributed voice assistant."""

__version__ = "0.1.0"
