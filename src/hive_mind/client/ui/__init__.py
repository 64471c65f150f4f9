"""What a client shows: eyes in a window or on a small screen."""
