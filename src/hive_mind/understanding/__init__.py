"""From a transcript to an intent with slots, without I/O; used on both sides of the wire."""
