"""A plugin that greets: what `hive-mind plugin new` begins with."""
