"""The brain: one conversation, a language model, plugins."""
