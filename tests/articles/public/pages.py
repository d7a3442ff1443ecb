"""Articles for public pages, and what tests read from these."""

import json
import re

from django.utils import timezone

from tests.factories import DAY, HOUR, make_visible_article


def structured_data(page):
    [found] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page.content.decode()
    )
    return json.loads(found)


def make_archive(number, **fields):
    """Make this many visible articles, newest first, one day apart."""
    now = timezone.now()
    return [
        make_visible_article(published_at=now - age * DAY - HOUR, **fields)
        for age in range(number)
    ]
