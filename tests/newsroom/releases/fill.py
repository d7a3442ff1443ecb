"""
A small site that has a row in every table, with values that databases treat differently.

It runs with the factories of the release that it fills, so it uses only what 0.1.0 had.
"""

from datetime import UTC, date, datetime, timedelta

from django.apps import apps
from django.db import models
from django.utils import timezone

from articles.models import Article
from articles.models.article_addresses import hold_address
from tests.factories import (
    make_correction,
    make_image,
    make_mailbox,
    make_person,
    make_shown_comment,
    make_user,
    make_visible_article,
)
from tests.who_may import make_world

# Quotes, tabs, a backslash, several alphabets, combining marks, an emoji, line ends.
ODD_TEXT = "“Ünïcode” 'quoted' \\N \t\tтекст نص 漢字 e\u0301 👩‍🚀\r\nNext line\\."

# What constraints ask for beyond the types of the fields.
FIXED = {"comments.mute": {"network": "0" * 64, "commenter_id": None}}


def fill_every_table(*, left_out=()):
    """Fill the empty, migrated database; models in `left_out`, by label, stay without a row."""
    make_the_articles_that_tests_ask_for()
    make_world()
    make_user(
        username="chief",
        email="chief@news.example",
        is_staff=True,
        is_superuser=True,
        first_name=ODD_TEXT[:20],
    )
    for article in Article.objects.filter(status=Article.Status.PUBLISHED):
        hold_address(article)
        article.note_pictures()
    for model in apps.get_models(include_auto_created=True):
        is_kept = model._meta.managed and not model._meta.proxy
        if is_kept and model._meta.label_lower not in left_out:
            _fill(model)


def make_the_articles_that_tests_ask_for():
    """Those of tests/test_visibility.py: its addresses show something here, too."""
    ana = make_person(name="Ana Ruiz", about=ODD_TEXT)
    article = make_visible_article(
        title="The visible one",
        standfirst=ODD_TEXT,
        tags=["Rivers"],
        byline=[ana],
        lead_image=make_image(caption=ODD_TEXT),
    )
    article.keep_revision()
    first = make_shown_comment(article=article, body=ODD_TEXT, email="ines@example.org")
    make_shown_comment(parent=first)
    make_correction(article=article)
    make_mailbox(confirmed_at=datetime(2026, 2, 28, 23, 59, 59, 999_999, UTC))


def _fill(model):
    """Make sure that the model has a row. Returns it."""
    found = model._base_manager.first()
    if found is not None:
        return found
    values = {}
    for field in model._meta.concrete_fields:
        if field.primary_key and not isinstance(field, models.CharField):
            continue
        if field.generated or (field.has_default() and not field.is_relation):
            continue
        if field.is_relation:
            if field.related_model is not model:
                values[field.attname] = _fill(field.related_model).pk
            continue
        values[field.attname] = _value(field)
    row = model(**values | FIXED.get(model._meta.label_lower, {}))
    # Not `save`: it belongs to the site's ways of making such a row, and this is only data.
    model._base_manager.bulk_create([row])
    return model._base_manager.get()


def _value(field):
    if field.choices:
        return field.choices[0][0]
    kinds = {
        models.DateTimeField: timezone.now(),
        models.DateField: date(2026, 2, 28),
        models.DurationField: timedelta(days=1, microseconds=7),
        models.FloatField: 0.1,
        models.BooleanField: True,
        models.BinaryField: bytes(range(256)),
        models.JSONField: {"ü": [1, 2.5, None, {"a": ODD_TEXT}], "b": 1e-7},
        models.IntegerField: 1,
    }
    for kind, value in kinds.items():
        if isinstance(field, kind):
            return value
    if isinstance(field, models.EmailField):
        return "someone@example.org"
    return "x" if field.max_length and field.max_length < 60 else ODD_TEXT[:40]
