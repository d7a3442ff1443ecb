"""Formats of Brazilian Portuguese; as in every language the time comes with its zone."""

DATETIME_FORMAT = r"j \d\e F \d\e Y, H:i T"
SHORT_DATETIME_FORMAT = "d/m/Y, H:i"
