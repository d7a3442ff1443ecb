"""
Forms of the desk that write only what was changed in them.

A form sends every field, as it was when it was opened. Written as a whole, it would undo
what others have put into the row since, in fields that nobody touched here.
"""

from django import forms

from articles.core.admin.stale_forms import keep_others


class ChangedFieldsForm(forms.ModelForm):
    """
    A field that one has not touched keeps what others have put there since the form was opened.

    Where both have changed it, each otherwise, the form comes back and asks. For fields of
    one part that stand in the row itself; what they look like is sent along by Django's
    own hidden initial values.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._stored = self._fields_of_the_row() if self.instance.pk else []
        # As the row is now: cleaning puts what was typed on the instance.
        self._now = {name: getattr(self.instance, name) for name in self._stored}
        for name in self._stored:
            self.fields[name].show_hidden_initial = True

    def _fields_of_the_row(self):
        concrete = {field.name for field in self._meta.model._meta.concrete_fields}
        return [
            name
            for name, field in self.fields.items()
            # What is only shown, such as a password, is sent nowhere.
            if name in concrete and not field.disabled
        ]

    def clean(self):
        cleaned = super().clean()
        keep_others(self, {name: self[name].html_initial_name for name in self._stored})
        return cleaned

    @property
    def changed_fields(self):
        """The fields of the row in which something else is to stand than does now."""
        return [
            name
            for name in self._stored
            if name in self.cleaned_data and self.cleaned_data[name] != self._now[name]
        ]


class ChangedFieldsMixin:
    """For a model admin whose form is a ChangedFieldsForm: saves with `update_fields`."""

    form = ChangedFieldsForm
    # Fields that are worked out from others whenever these are saved.
    worked_out = []

    def save_model(self, request, obj, form, change):
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_fields:
            obj.save(update_fields=[*form.changed_fields, *self.worked_out])
