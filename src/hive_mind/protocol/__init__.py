"""What travels on the wire: messages, codec, session. No I/O."""
