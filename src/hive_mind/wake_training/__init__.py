"""Trains a wake word from its spelling alone: synthetic voices in, a small network and a report out."""
