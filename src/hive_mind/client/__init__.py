"""A client that lives in a room: ears, voice, eyes."""
