"""French: normalising what was heard, reading numbers and durations, making text speakable. No I/O."""
