"""The first-run wizard of a client: one step a file, each asking, trying and asking again."""
