"""Engines behind Protocols: VAD, endpointing, wake word, recognition, synthesis."""
