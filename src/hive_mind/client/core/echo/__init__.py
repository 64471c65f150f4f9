"""The device must not hear itself: what it plays is taken out of what its microphone hears."""
