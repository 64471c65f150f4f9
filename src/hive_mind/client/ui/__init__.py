"""What a client shows: eyes in a window or on a small screen."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # it greets on stdout, where presses are reported
