"""The client's parts: state, pipeline, link, timers, playout."""
