"""Shopping lists, things to do, and any other list that somebody names."""
