from datetime import UTC, datetime

from django.utils import formats


def test_the_desk_writes_dates_as_the_paper_does():
    moment = datetime(2026, 11, 5, 15, 4, tzinfo=UTC)
    assert formats.date_format(moment, "DATETIME_FORMAT") == (
        "5 November 2026, 15:04 UTC"
    )
