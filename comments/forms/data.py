"""The forms for the export and erasure of everything written with an address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from comments.forms.fields import AddressField, ReaderForm


class AddressForm(ReaderForm, forms.Form):
    """The address whose comments somebody asks for."""

    email = AddressField(
        max_length=254,
        label=_("Email"),
        help_text=_("The address that you gave with your comments."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter the address that you gave with your comments."),
            "invalid": _(
                "This is not an email address. Enter one such as name@example.com."
            ),
            "max_length": _(
                "The address has %(show_value)d characters; the limit is %(limit_value)d."
            ),
        },
    )


class DataButtonForm(forms.Form):
    """Which button was pressed on the page of the data."""

    download = forms.BooleanField(required=False)

    @property
    def wants_download(self):
        return self.is_valid() and self.cleaned_data["download"]


class EraseForm(ReaderForm, forms.Form):
    """The tick without which nothing is erased."""

    erase = forms.BooleanField(
        label=_("Yes, erase everything"),
        error_messages={
            "required": _(
                "Select “Yes, erase everything” to confirm. Nothing is erased yet."
            )
        },
    )
