"""Copies of a house: `redis_copy.py` what is in Redis, `archive.py` the file, `sealed_keys.py` its keys."""
