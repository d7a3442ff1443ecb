"""The forms on the pages that our mails link to, and the one-click form of mail programs."""

from django import forms


class ConfirmForm(forms.Form):
    """The answer to the confirmation mail."""

    answer = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])


class StopForm(forms.Form):
    """Which mails to stop, or to allow again."""

    mails = forms.ChoiceField(
        choices=[("comment", "This comment"), ("all", "All"), ("resume", "Again")]
    )


class OneClickForm(forms.Form):
    """The POST of a mail program's unsubscribe button, by RFC 8058."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["List-Unsubscribe"] = forms.ChoiceField(
            choices=[("One-Click", "One-Click")]
        )
