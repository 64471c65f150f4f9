"""All that is said of numbers and times, written (`…_text`) and spelled for the voice (`spoken_…`)."""

from hive_mind.language.durations import duration_text, spoken_duration
from hive_mind.language.speak_forms import (
    DAYS,
    MONTHS,
    date_text,
    ordinal,
    spoken_date,
    spoken_decimal,
    spoken_temperature,
    spoken_time,
    temperature_text,
    time_text,
)
from hive_mind.language.speak_moments import clock_text, day_text, moment_text

__all__ = [
    "DAYS",
    "MONTHS",
    "clock_text",
    "date_text",
    "day_text",
    "duration_text",
    "moment_text",
    "ordinal",
    "spoken_date",
    "spoken_decimal",
    "spoken_duration",
    "spoken_temperature",
    "spoken_time",
    "temperature_text",
    "time_text",
]
