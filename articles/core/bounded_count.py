"""Counting related rows up to a limit, so that a popular row costs no more than others."""

from django.db import models

# Counting the uses of a tag or a person stops at this number plus one.
USES_COUNTED = 1000


class BoundedCount(models.Subquery):
    """The number of rows in a sliced queryset."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = models.IntegerField()
