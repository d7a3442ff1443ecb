from django.db import models

from articles.content.html import clean_article, clean_once, not_too_long
from articles.core.text.normalisation import LONGEST_SKELETON, skeleton


class HTMLField(models.TextField):
    """
    Article HTML, sanitised on every way into the database. Forms refuse more than LONGEST_HTML.

    `save` and `bulk_create` call `pre_save`, so the object in memory then holds the stored
    text. `update` and `bulk_update` call only `get_db_prep_save`.
    """

    default_validators = [not_too_long]

    def pre_save(self, model_instance, add):
        html = clean_article(super().pre_save(model_instance, add) or "")
        setattr(model_instance, self.attname, html)
        return html

    def get_db_prep_save(self, value, connection):
        if isinstance(value, str):
            # Immediate after `pre_save`, which has cleaned the same text.
            value = clean_once(value)
        return super().get_db_prep_save(value, connection)


class SkeletonField(models.CharField):
    """The skeleton of the row's `name`, computed on save; see articles.core.text.confusables."""

    def __init__(self, *args, **kwargs):
        fixed = {"max_length": LONGEST_SKELETON, "default": "", "editable": False}
        super().__init__(*args, **kwargs | fixed)

    def pre_save(self, model_instance, add):
        setattr(model_instance, self.attname, skeleton(model_instance.name))
        return super().pre_save(model_instance, add)
