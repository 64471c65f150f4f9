"""Audio devices and hardware, one file a platform."""
