"""Fields for names of which there is one row each."""

from django.db import models

from articles.core.text.names import clean_name, name_key


class NameField(models.CharField):
    """A name, stored and looked up in NFC and with single plain spaces."""

    def pre_save(self, model_instance, add):
        name = self.get_prep_value(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, name)
        return name

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return clean_name(value) if isinstance(value, str) else value


class NameKeyField(models.CharField):
    """
    The key of the row's `name`, computed on save; see articles.core.text.names.

    NULL in the rows of a release that does not know the column.
    """

    # In characters: three for each of a name, as “ΐ” has when its case is folded.
    LONGEST = 400

    def __init__(self, *args, **kwargs):
        fixed = {"max_length": self.LONGEST, "null": True, "editable": False}
        super().__init__(*args, **kwargs | fixed)

    def pre_save(self, model_instance, add):
        setattr(model_instance, self.attname, name_key(model_instance.name))
        return super().pre_save(model_instance, add)
