from django import forms
from django.utils.translation import gettext_lazy as _

from newsroom.languages import shipped


class LanguageForm(forms.Form):
    """The language of the desk for one account; empty for the language of the site."""

    language = forms.ChoiceField(
        label=_("Language of the desk"),
        required=False,
        choices=lambda: [("", _("Language of the site")), *shipped.choices()],
    )
