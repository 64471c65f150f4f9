"""Commands that need no server: time, date, stopwatch, timers. Pure: the time is an argument."""
