from comments.forms.by_mail import OneStepForm, RejectForm
from comments.forms.comment import CommentForm
from comments.forms.data import AddressForm, DataButtonForm, EraseForm
from comments.forms.mail import ConfirmForm, OneClickForm, StopForm
from comments.forms.mine import AppealForm, ButtonForm, EditForm, NotifyForm
from comments.forms.reports import ReportForm

__all__ = [
    "AddressForm",
    "AppealForm",
    "ButtonForm",
    "CommentForm",
    "ConfirmForm",
    "DataButtonForm",
    "EditForm",
    "EraseForm",
    "NotifyForm",
    "OneClickForm",
    "RejectForm",
    "ReportForm",
    "OneStepForm",
    "StopForm",
]
