from django import forms
from django.core.exceptions import ValidationError

from comments.markup import has_something_to_see, kept_line, kept_text
from comments.models import Comment
from comments.models.comment import LONGEST_BODY


class UncutField:
    """
    No `maxlength` on the page: a browser cuts what is pasted at it, and says nothing.

    The limit is the form's, which says so and keeps the words.
    """

    def widget_attrs(self, widget):
        return {}


class AddressField(UncutField, forms.EmailField):
    """An email address."""


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


class CommentForm(forms.ModelForm):
    """What a reader fills in, and the field that only robots fill in."""

    name = LineField(
        max_length=80,
        validators=[must_be_seen],
        help_text="Shown beside your comment.",
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={
            "required": "Write the name that should stand beside your comment.",
            "max_length": "The name is %(show_value)d characters long; at most %(limit_value)d fit.",
        },
    )
    email = AddressField(
        required=False,
        max_length=254,
        label="Email (optional)",
        help_text="Never shown.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": "This is not an email address. Correct it, as in name@example.com, or leave it empty.",
            "max_length": "The address is %(show_value)d characters long; at most %(limit_value)d fit.",
        },
    )
    body = TextField(
        max_length=LONGEST_BODY,
        validators=[must_be_seen],
        label="Comment",
        help_text=f"Plain text of at most {LONGEST_BODY:,} characters. An empty line begins a paragraph; addresses become links.",
        widget=forms.Textarea(attrs={"rows": 7, "dir": "auto"}),
        error_messages={
            "required": "Write your comment.",
            "max_length": "Your comment is %(show_value)d characters long; at most %(limit_value)d fit. Shorten it, or send it in two parts.",
        },
    )
    # No browser and no password manager has a value for a field of this name, and no
    # reader can reach it; the class keeps it out of sight.
    subject = LineField(
        required=False,
        label="Leave this field empty",
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    class Meta:
        model = Comment
        fields = ["parent", "name", "email", "body"]

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


class WithdrawForm(forms.Form):
    """The button of a comment's private page."""

    withdraw = forms.BooleanField()
