"""Reminders: said later, where they were asked for."""
