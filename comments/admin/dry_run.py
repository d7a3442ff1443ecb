"""Backtest before saving: what the pages share that show the effect of a change first."""

import json

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac

# At most this many comments are listed, the ones decided last.
TRIED_LISTED = 50


class BacktestedForm(forms.Form):
    """
    A form that is sent twice: first to show the backtest, then to store what was shown.

    `tried` is a mark of the values on the screen, so that the second press stores nothing else.
    Each form returns those values as `asked`.
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
    def was_backtested(self):
        return constant_time_compare(self.cleaned_data["tried"], self.mark)


def newest_hits(hits):
    """The newest hits, and the number of the others."""
    return {"shown": hits[:TRIED_LISTED], "more": len(hits[TRIED_LISTED:])}
