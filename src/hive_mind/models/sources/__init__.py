"""Where models come from, each behind the `Source` Protocol."""
