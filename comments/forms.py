from django import forms
from django.core.exceptions import ValidationError

from articles.models import CorrectionRequest
from articles.models.correction import LONGEST_REQUEST
from comments.markup import (
    characters,
    has_something_to_see,
    kept_line,
    kept_text,
)
from comments.models import Comment, Report
from comments.models.appeal import LONGEST_APPEAL
from comments.models.comment import LONGEST_BODY, LONGEST_NAME
from comments.models.report import LONGEST_SENTENCE

# Beside the limit in characters as people see them: how many code points they may have
# on average. More than any script needs, and what the column of a name holds.
CODE_POINTS_A_CHARACTER = 4
NOTIFY = "Tell me by mail when somebody answers"


class UncutField:
    """
    No `maxlength` on the page: a browser cuts what is pasted at it, and says nothing.

    The limit is the form's, which says so and keeps the words.
    """

    def widget_attrs(self, widget):
        return {}


class AddressField(UncutField, forms.EmailField):
    """An email address."""

    def to_python(self, value):
        # A host is the same in any case of its letters, and SQLite, which compares
        # addresses later, knows only the cases of ASCII.
        name, at, host = super().to_python(value).rpartition("@")
        return f"{name}{at}{host.lower()}"


class LineField(UncutField, forms.CharField):
    """One line of plain text, without characters that nobody can see or that turn what follows."""

    def to_python(self, value):
        return super().to_python(kept_line(str(value or "")))


class TextField(UncutField, forms.CharField):
    """Plain text of several lines, without characters that nobody can see."""

    widget = forms.Textarea

    def to_python(self, value):
        return super().to_python(kept_text(str(value or "")))


def must_be_seen(text):
    if not has_something_to_see(text):
        raise ValidationError(
            "This holds only characters that cannot be seen. Write it in letters.",
            code="invisible",
        )


def at_most(limit):
    """A validator: so many characters as people see them, and no tower of marks among them."""

    def fits(text):
        there = characters(text)
        if there > limit:
            numbers = {"show_value": f"{there:,}", "limit_value": f"{limit:,}"}
            raise ValidationError(
                "There are %(show_value)s characters; at most %(limit_value)s fit.",
                code="max_length",
                params=numbers,
            )
        if len(text) > limit * CODE_POINTS_A_CHARACTER:
            raise ValidationError(
                "Too many marks are piled upon its letters. Take some away.",
                code="marks",
            )

    return fits


def decoy():
    """
    The field that only robots fill in.

    No browser and no password manager has a value for a field called `subject`, and
    no reader can reach it; the class keeps it out of sight.
    """
    return LineField(
        required=False,
        label="Leave this field empty",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )


class CommentForm(forms.ModelForm):
    """What a reader fills in, and the field that only robots fill in."""

    name = LineField(
        validators=[must_be_seen, at_most(LONGEST_NAME)],
        help_text=f"Shown beside your comment. At most {LONGEST_NAME} characters.",
        widget=forms.TextInput(
            attrs={"autocomplete": "name", "dir": "auto", "data-limit": LONGEST_NAME}
        ),
        error_messages={
            "required": "Write the name that should stand beside your comment.",
            "max_length": "The name is %(show_value)s characters long; at most %(limit_value)s fit.",
        },
    )
    email = AddressField(
        required=False,
        max_length=254,
        label="Email (optional)",
        help_text="Never shown. Kept only to write to you of answers, and so that you can later download or erase what you wrote.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": "This is not an email address. Correct it, as in name@example.com, or leave it empty.",
            "max_length": "The address is %(show_value)d characters long; at most %(limit_value)d fit.",
            "needed": f"Write the address that the answers should go to, or untick “{NOTIFY}”.",
        },
    )
    notify = forms.BooleanField(
        required=False,
        label=NOTIFY,
        help_text="Before the first such mail we ask whether the address is yours.",
    )
    body = TextField(
        validators=[must_be_seen, at_most(LONGEST_BODY)],
        label="Comment",
        help_text=f"At most {LONGEST_BODY:,} characters. Leave an empty line between paragraphs, begin a line with > to quote, write *emphasis* and `code`; addresses become links.",
        widget=forms.Textarea(
            attrs={"rows": 7, "dir": "auto", "data-limit": LONGEST_BODY}
        ),
        error_messages={
            "required": "Write your comment.",
            "max_length": "Your comment is %(show_value)s characters long; at most %(limit_value)s fit. Shorten it, or send it in two parts.",
        },
    )
    subject = decoy()

    class Meta:
        model = Comment
        fields = ["parent", "name", "email", "notify", "body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        # We say ourselves what is missing, all of it at once, where a screen reader finds it.
        self.use_required_attribute = False
        parent = self.fields["parent"]
        parent.queryset = Comment.objects.shown().filter(
            article=self.instance.article_id
        )
        parent.widget = forms.HiddenInput()
        parent.error_messages["invalid_choice"] = (
            "The comment you answered is not on the page any more. "
            "Send yours again to post it as a comment of its own."
        )

    def clean(self):
        super().clean()
        has_address = self.cleaned_data.get("email") or "email" in self.errors
        if self.cleaned_data.get("notify") and not has_address:
            needed = self.fields["email"].error_messages["needed"]
            self.add_error("email", ValidationError(needed, code="needed"))

    def _get_validation_exclusions(self):
        # The field has found the comment that is answered; the model would look again.
        return super()._get_validation_exclusions() | {"parent"}

    @property
    def wants_preview(self):
        """Whether the second button of the form was pressed."""
        return "preview" in self.data

    @property
    def fell_for_the_decoy(self):
        return bool(self.cleaned_data.get("subject"))


class ReportForm(forms.ModelForm):
    """What a reader says of a comment that should be looked at."""

    reason = forms.ChoiceField(
        label="What is wrong with it?",
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what is wrong with the comment.",
            "invalid_choice": "Choose one of the reasons below.",
        },
    )
    sentence = TextField(
        required=False,
        max_length=LONGEST_SENTENCE,
        label="In your own words (optional)",
        help_text=f"One sentence for the moderators, of at most {LONGEST_SENTENCE} characters. Nobody else reads it.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={
            "max_length": "Your sentence is %(show_value)d characters long; at most %(limit_value)d fit.",
        },
    )
    subject = decoy()

    class Meta:
        model = Report
        fields = ["reason", "sentence"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.use_required_attribute = False

    @property
    def fell_for_the_decoy(self):
        return bool(self.cleaned_data.get("subject"))


class ErrorForm(forms.ModelForm):
    """What a reader says is wrong in an article."""

    text = TextField(
        max_length=LONGEST_REQUEST,
        validators=[must_be_seen],
        label="What is wrong, and what should it say?",
        help_text=f"Quote the passage, and name your source if you have one. At most {LONGEST_REQUEST:,} characters.",
        widget=forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
        error_messages={
            "required": "Write what is wrong.",
            "max_length": "This is %(show_value)d characters long; at most %(limit_value)d fit. Shorten it, or send it in two parts.",
        },
    )
    subject = decoy()

    class Meta:
        model = CorrectionRequest
        fields = ["text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.use_required_attribute = False

    @property
    def fell_for_the_decoy(self):
        return bool(self.cleaned_data.get("subject"))


class OwnForm(forms.Form):
    """A form of the pages that only a comment's author sees."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.use_required_attribute = False


class ButtonForm(forms.Form):
    """Which button of a comment's private page was pressed."""

    withdraw = forms.BooleanField(required=False)
    edit = forms.BooleanField(required=False)
    preview = forms.BooleanField(required=False)
    appeal = forms.BooleanField(required=False)
    notify = forms.BooleanField(required=False)
    stop = forms.BooleanField(required=False)

    @property
    def pressed(self):
        """The name of the button; None when there was none."""
        if not self.is_valid():
            return None
        return next((name for name, is_on in self.cleaned_data.items() if is_on), None)


class EditForm(OwnForm):
    """Other words for a comment, within the same limits."""

    body = CommentForm.base_fields["body"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].label = "Your comment"


class AppealForm(OwnForm):
    """What the author of a comment that was not published says to the moderators."""

    message = TextField(
        max_length=LONGEST_APPEAL,
        validators=[must_be_seen],
        label="Your message to the moderators",
        help_text=f"Only they read it. At most {LONGEST_APPEAL:,} characters; you can send one.",
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={
            "required": "Write why the moderators should look at your comment again.",
            "max_length": "Your message is %(show_value)d characters long; at most %(limit_value)d fit. Shorten it.",
        },
    )


class NotifyForm(OwnForm):
    """Where to tell the author of replies, when the comment came without an address."""

    email = AddressField(
        max_length=254,
        label="Email",
        help_text="Never shown. We send a mail with a link there first; nothing else comes before you press it.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Write the address that the mail should go to.",
            "invalid": "This is not an email address. Correct it, as in name@example.com.",
            "max_length": "The address is %(show_value)d characters long; at most %(limit_value)d fit.",
        },
    )


class AddressForm(OwnForm):
    """Whose comments somebody asks for."""

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
    """Which button was pressed on the page of everything that was written with an address."""

    download = forms.BooleanField(required=False)

    @property
    def wants_download(self):
        return self.is_valid() and self.cleaned_data["download"]


class EraseForm(OwnForm):
    """The tick without which nothing is erased."""

    erase = forms.BooleanField(
        label="Yes, erase everything",
        error_messages={
            "required": "Tick “Yes, erase everything” if that is what you want. Nothing is erased yet."
        },
    )
