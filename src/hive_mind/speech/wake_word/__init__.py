"""Wake words: openWakeWord's networks in numpy, in streaming; Porcupine where there is a key."""
