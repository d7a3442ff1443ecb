"""German formats; as in every language of the site the time comes with its zone."""

DATETIME_FORMAT = "j. F Y, H:i T"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i"
