"""Hive Mind: a self-hosted, French-first, distributed voice assistant."""

import os

__version__ = "0.1.0"

# onnxruntime tells Microsoft about each machine it runs on, and keeps a number for it, unless it reads this
# when it is loaded. Nothing that happens in this house leaves it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
