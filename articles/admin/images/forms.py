"""The forms of the picture library: describing, uploading and taking off the site."""

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.core.admin.stale_forms import keep_changes_of_others
from articles.images import library
from articles.images.library import SamePicture
from articles.images.processing.validation import hash_of, validate_picture
from articles.models import Image
from articles.publishing.preflight import is_file_name

# The most files in one upload. The script sends each file in a request of its own.
FILES_AT_ONCE = 50


def _description(alt):
    """The alt text in one line. Raises ValidationError for a file name."""
    alt = " ".join(alt.split())
    if alt and is_file_name(alt):
        raise forms.ValidationError(
            _(
                "This is a file name. Describe what the picture shows, as you would on the phone."
            )
        )
    return alt


def _longest(name):
    return Image._meta.get_field(name).max_length


class FileField(forms.FileField):
    """A file that is checked before anything is saved."""

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file:
            validate_picture(file)
        return file


class ImageForm(forms.ModelForm):
    replacement = FileField(
        required=False,
        label=_("Replacement file"),
        help_text=_(
            "A better crop or a sharper copy of the same picture. It keeps the texts and appears wherever this file appears now."
        ),
    )

    class Meta:
        model = Image
        fields = [
            "alt",
            "decorative",
            "title",
            "caption",
            "credit",
            "licence",
            "source",
            "focal_x",
            "focal_y",
        ]
        widgets = {
            "alt": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "caption": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "focal_x": forms.NumberInput(attrs={"step": "0.01", "min": 0, "max": 1}),
            "focal_y": forms.NumberInput(attrs={"step": "0.01", "min": 0, "max": 1}),
        }
        labels = {"focal_x": _("From the left"), "focal_y": _("From the top")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Django's own mechanism for stale forms. It suits forms without multi-part fields and
        # without autosave.
        for name in self._column_fields():
            self.fields[name].show_hidden_initial = True

    def clean(self):
        super().clean()
        keep_changes_of_others(
            self, {name: self[name].html_initial_name for name in self._column_fields()}
        )

    def _column_fields(self):
        """The names of the fields that are columns of the picture."""
        return self.fields.keys() - {"replacement"}

    def changed_words(self):
        """The values to store: those of each field that differs from its initial value."""
        return {
            name: self.cleaned_data[name]
            for name in self._column_fields()
            if self.cleaned_data[name] != self.initial[name]
        }

    def clean_alt(self):
        return _description(self.cleaned_data["alt"])

    def clean_replacement(self):
        file = self.cleaned_data["replacement"]
        if not file:
            return None
        try:
            library.require_new(hash_of(file), but_for=self.instance)
        except SamePicture as same:
            raise forms.ValidationError(
                format_html(
                    # Translators: {address} and {title} are filled in; keep the link as it is.
                    gettext(
                        'This file is already in the library: <a href="{address}">“{title}”</a>. Use that one.'
                    ),
                    address=form_of(same.image),
                    title=same.image,
                )
            ) from None
        return file


class FilesField(forms.FileField):
    """Any number of files, none of them checked yet."""

    widget = forms.FileInput

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.allow_multiple_selected = True
        self.widget.attrs |= {
            "multiple": True,
            "accept": "image/jpeg,image/png,image/webp,image/avif,image/gif",
        }

    def clean(self, data, initial=None):
        files = data if isinstance(data, list) else [data]
        return [file for file in files if file]


class DescribeForm(forms.Form):
    """What is typed beside a picture in a text; only what is sent is changed."""

    alt = forms.CharField(
        required=False, max_length=_longest("alt"), label=_("Alt text")
    )
    credit = forms.CharField(
        required=False, max_length=_longest("credit"), label=_("Credit")
    )

    def clean_alt(self):
        return _description(self.cleaned_data["alt"])

    def changes_to(self, image):
        """The values to store. An alt text is stored only for a picture that lacks one."""
        words = {
            name: self.cleaned_data[name] for name in self.fields if name in self.data
        }
        if not image.needs_words or not words.get("alt"):
            words.pop("alt", None)
        if words.get("credit") == image.credit:
            del words["credit"]
        return words

    def problem(self):
        """The errors in one text, each after the name of its field."""
        return " ".join(
            # Translators: the name of a field, and the sentence that says what is wrong with it.
            gettext("%(field)s: %(problem)s")
            % {"field": self[name].label, "problem": " ".join(sentences)}
            for name, sentences in self.errors.items()
        )


class UploadForm(forms.Form):
    files = FilesField(required=False, label=_("Pictures"))

    def clean_files(self):
        files = self.files.getlist("files")
        if not files:
            raise forms.ValidationError(_("Choose at least one picture."))
        if len(files) > FILES_AT_ONCE:
            raise forms.ValidationError(
                gettext(
                    "You chose %(number)d files; the limit is %(limit)d at once. Choose fewer."
                )
                % {"number": len(files), "limit": FILES_AT_ONCE}
            )
        return files


class TakeDownForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("For the internal record: who asked for it, and why."),
        error_messages={
            "required": _(
                "Enter a reason, for colleagues who wonder where the picture is."
            )
        },
    )


def form_of(image):
    return reverse("admin:articles_image_change", args=[image.pk])
