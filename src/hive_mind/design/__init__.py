"""How Hive Mind looks, as data for every renderer: the windows and small screens of clients, and the page."""

from importlib import resources


def eyes_json() -> str:
    """The eyes: geometry, palette and motion (see `about` in the file), as JSON text."""
    return resources.files(__package__).joinpath("eyes.json").read_text("utf-8")
