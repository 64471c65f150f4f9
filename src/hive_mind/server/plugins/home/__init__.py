"""Home Assistant: lights, shutters, players, heating and what else a house has."""
