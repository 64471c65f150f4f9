"""The weather, now and in the days to come."""
