"""The server's parts: socket, turn, context, language model."""
