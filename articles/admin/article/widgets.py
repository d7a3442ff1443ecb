"""The widgets of the article form: the body editor, lines of names, and the picture input."""

import json
import re
from collections.abc import Sequence

from django import forms
from django.urls import reverse
from django_prose_editor.widgets import prose_editor_base_media, prose_editor_js
from js_asset import Media, Script

from articles.admin.article.new_names import NewName, ticked_name
from articles.content.html import clean_once
from articles.content.typed_html import html_from_typed, laid_out
from articles.core.pagination import key_in
from articles.models import Image

LINE_BREAKS = re.compile(r"\s*[\r\n]\s*")

EDITOR_EXTENSIONS = {
    "Document": True,
    "Text": True,
    "Paragraph": True,
    "HardBreak": True,
    "Heading": {"levels": [2, 3]},
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Underline": True,
    "Subscript": True,
    "Superscript": True,
    "Code": True,
    "CodeBlock": True,
    "ListItem": True,
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "HorizontalRule": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "History": True,
    "HTML": True,
    "Dropcursor": True,
    "Gapcursor": True,
    # Our own extensions, in static/desk/body.js.
    "PullableBlockquote": True,
    "WholeTable": True,
    "Picture": True,
    "NoteReference": True,
    "NoteList": True,
    "Note": True,
    "PlainLink": {"enableTarget": False},
    "Abbreviation": True,
    "Cite": True,
    "Quote": True,
    "DefinitionList": True,
    "DefinitionTerm": True,
    "Definition": True,
    "KeptAttributes": True,
}


class BodyEditor(forms.Textarea):
    """
    A textarea of HTML that a script turns into an editor.

    The textarea stays if scripts are off, or if the body holds something that the editor would
    drop. In both cases articles.content.html decides what may be stored. Text that is typed
    without tags becomes paragraphs, see articles.content.typed_html.
    """

    def format_value(self, value):
        # Clean submitted HTML, too: the editor renders it, and a form that comes back with errors
        # must not load pictures from other hosts.
        html = super().format_value(value)
        return html and laid_out(clean_once(html))

    def value_from_datadict(self, data, files, name):
        text = super().value_from_datadict(data, files, name)
        return text and html_from_typed(text)

    def __init__(self, attrs=None):
        super().__init__({"rows": 24, "class": "vLargeTextField"} | (attrs or {}))

    @property
    def media(self):
        # Without the editor's own look in the admin: it is written in the reader's type.
        return prose_editor_base_media + Media(
            css={"all": ["desk/body.css"]},
            js=[prose_editor_js, Script("desk/body.js", type="module")],
        )

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-desk-body": json.dumps(EDITOR_EXTENSIONS),
            "data-link-targets": reverse("admin:articles_article_link_targets"),
        }
        return context

    def use_required_attribute(self, initial):
        # Browsers refuse to submit a form with a required field that a script hides.
        return False


class TitleInput(forms.Textarea):
    """One line that is shown in as many as it needs. Line breaks become spaces."""

    def __init__(self, attrs=None):
        super().__init__({"rows": 1} | (attrs or {}))

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value if value is None else LINE_BREAKS.sub(" ", value)


class NamesInput(forms.TextInput):
    """
    A line of names. A script suggests known ones while somebody types.

    `questions` are set by the form: the new names that it asks about, each with a checkbox.
    """

    template_name = "admin/articles/names_input.html"
    questions: Sequence[NewName] = ()

    def __init__(self, attrs=None, *, of):
        super().__init__({"class": "vLargeTextField"} | (attrs or {}))
        self.of = of

    @property
    def media(self):
        return Media(
            css={"all": ["desk/names.css"]},
            js=[Script("desk/names.js", type="module")],
        )

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-names": reverse(f"admin:articles_{self.of}_suggest"),
            "data-names-of": self.of,
            "autocomplete": "off",
        }
        context |= {"ticked": ticked_name(name), "questions": self.questions}
        return context


class PictureInput(forms.NumberInput):
    """
    The number of a picture of the library, its description, and a button to pick another one.

    A script opens the picker over the form; without scripts the number is typed.
    """

    template_name = "admin/articles/picture_input.html"

    def __init__(self, attrs=None):
        super().__init__(
            {"min": 1, "class": "vIntegerField", "data-picture-field": ""}
            | (attrs or {})
        )

    @property
    def media(self):
        return Media(
            css={"all": ["desk/pictures.css"]},
            js=[Script("desk/picker.js", type="module")],
        )

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["image"] = _picture(value)
        return context


def _picture(key):
    """The picture with the key that was typed; None if there is none."""
    key = key_in(key)
    return Image.objects.on_site().filter(pk=key).first() if key else None
