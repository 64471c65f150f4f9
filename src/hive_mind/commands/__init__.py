"""What works without the server: time, date, stopwatch, timers. No I/O, time is an argument."""
