"""The buttons on the pages that our mails lead to, and the one in the mail program."""

from django import forms


class ConfirmForm(forms.Form):
    """Whether we may write to the address."""

    answer = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])


class StopForm(forms.Form):
    """Which mails are wanted no more, or again."""

    mails = forms.ChoiceField(
        choices=[("comment", "This comment"), ("all", "All"), ("resume", "Again")]
    )


class OneClickForm(forms.Form):
    """What a mail program sends for its reader, by RFC 8058."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["List-Unsubscribe"] = forms.ChoiceField(
            choices=[("One-Click", "One-Click")]
        )
