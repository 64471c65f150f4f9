"""Writes the reference: `python -m hive_mind.protocol.reference [DOCS]`."""

import json
import sys
from pathlib import Path

from hive_mind.protocol.reference.markdown import markdown
from hive_mind.protocol.reference.schemas import asyncapi, json_schema


def render(docs: Path) -> dict[Path, str]:
    """The text of every generated file in a `docs` folder; reads `examples/minimal_client.py` from it."""
    client = (docs / "examples" / "minimal_client.py").read_text(encoding="utf-8")
    return {
        docs / "protocol.md": markdown(client),
        docs / "protocol" / "schema.json": _json(json_schema()),
        docs / "protocol" / "asyncapi.json": _json(asyncapi()),
    }


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def main(docs: Path) -> None:
    """Write all files, making their folders."""
    for path, text in render(docs).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(Path(*sys.argv[1:2] or ["docs"]))
