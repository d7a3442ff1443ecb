"""
Admin forms that write only the fields that were changed in them.

A form sends every field as it was when the form was opened. Saving all of them would undo
what others have changed since, in fields that this user did not touch.
"""

from django import forms

from articles.core.admin.stale_forms import keep_changes_of_others


class ChangedFieldsForm(forms.ModelForm):
    """
    A stale form keeps what others have saved in the fields that this user did not touch.

    When both have changed a field to different values, the form comes back and asks. This
    covers fields stored in the row itself, with one input each. Django's hidden initial
    values carry what was on the screen.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._stored = self._fields_of_the_row() if self.instance.pk else []
        # The values in the database. Cleaning overwrites those on the instance.
        self._now = {name: getattr(self.instance, name) for name in self._stored}
        for name in self._stored:
            self.fields[name].show_hidden_initial = True

    def _fields_of_the_row(self):
        concrete = {field.name for field in self._meta.model._meta.concrete_fields}
        return [
            name
            for name, field in self.fields.items()
            # Fields that are only displayed, such as a password, are not sent.
            if name in concrete and not field.disabled
        ]

    def clean(self):
        cleaned = super().clean()
        keep_changes_of_others(
            self, {name: self[name].html_initial_name for name in self._stored}
        )
        return cleaned

    @property
    def changed_fields(self):
        """The names of the fields whose new value differs from the stored one."""
        return [
            name
            for name in self._stored
            if name in self.cleaned_data and self.cleaned_data[name] != self._now[name]
        ]


class ChangedFieldsMixin:
    """For a model admin whose form is a ChangedFieldsForm: saves with `update_fields`."""

    form = ChangedFieldsForm
    # Names of fields that are computed from others when the row is saved.
    worked_out: list[str] = []

    def save_model(self, request, obj, form, change):
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_fields:
            obj.save(update_fields=[*form.changed_fields, *self.worked_out])
