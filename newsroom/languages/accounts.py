"""The languages that accounts have chosen."""

from collections.abc import Collection

from newsroom.languages.shipped import SHIPPED, site_language
from newsroom.models import DeskPreferences


def languages_of(keys: Collection[int]) -> dict[int, str]:
    """The language of each account with one of these keys: the chosen one, or the site's."""
    rows = DeskPreferences.objects.filter(user__in=keys, language__in=SHIPPED)
    chosen = dict(rows.values_list("user", "language"))
    return {key: chosen.get(key, site_language()) for key in keys}
