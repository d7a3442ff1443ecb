"""What the pages share that show what a change would have done before they store it."""

import json

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac

# So many of the comments are listed, the newest decided.
MOST_LISTED = 50


class TriedForm(forms.Form):
    """
    A form that is sent twice: to see what it would do, and to store what was seen.

    `tried` names what was on the screen, so that nothing else is stored by the second press.
    Each form says as `asked` what would be stored, which makes one trial another.
    """

    tried = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.use_required_attribute = False

    @property
    def mark(self):
        return salted_hmac(
            "comments.trial", json.dumps(self.asked), algorithm="sha256"
        ).hexdigest()

    @property
    def was_tried(self):
        return constant_time_compare(self.cleaned_data["tried"], self.mark)


def listed(hits):
    """The newest of the hits, and how many more there are."""
    return {"shown": hits[:MOST_LISTED], "more": len(hits[MOST_LISTED:])}
