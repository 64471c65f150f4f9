"""The household's calendar: CalDAV, Google Calendar, or the one of the asking client."""
