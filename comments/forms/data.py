"""The forms for the export and erasure of everything written with an address."""

from django import forms

from comments.forms.fields import AddressField, ReaderForm


class AddressForm(ReaderForm, forms.Form):
    """The address whose comments somebody asks for."""

    email = AddressField(
        max_length=254,
        label="Email",
        help_text="The address that you gave with your comments.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Write the address that you gave with your comments.",
            "invalid": "This is not an email address. Correct it, as in name@example.com.",
            "max_length": "The address is %(show_value)d characters long; at most %(limit_value)d fit.",
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
        label="Yes, erase everything",
        error_messages={
            "required": "Tick “Yes, erase everything” if that is what you want. Nothing is erased yet."
        },
    )
