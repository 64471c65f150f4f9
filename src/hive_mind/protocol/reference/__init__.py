"""The protocol's reference, made from the message classes: Markdown, JSON Schema and AsyncAPI.

`python -m hive_mind.protocol.reference` writes it into `docs/`; a test fails when the committed files drift.
"""
