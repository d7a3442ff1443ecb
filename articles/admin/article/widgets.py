"""The editor of an article's body."""

import json

from django import forms
from django_prose_editor.widgets import prose_editor_admin_media, prose_editor_js
from js_asset import Media, Script

from articles.content.html import clean_once
from articles.core.pagination import key_in
from articles.models import Image

# Every button in sight: the editor's own drop-downs cannot be reached by keyboard.
MENU = [
    "headings",
    "marks",
    "link",
    "lists",
    "nodes -headings -lists",
    "table",
    "history",
    "utility",
]

EXTENSIONS = {
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
    "Image": True,
    "Caption": True,
    "History": True,
    "HTML": True,
    "Dropcursor": True,
    "Gapcursor": True,
    # These are ours, of static/desk/body.js.
    "PullableBlockquote": True,
    "WholeTable": True,
    "KeptFigure": True,
    "PlainLink": {"enableTarget": False},
    "Abbreviation": True,
    "Cite": True,
    "Quote": True,
    "DefinitionList": True,
    "DefinitionTerm": True,
    "Definition": True,
    "KeptAttributes": True,
    "Menu": {"groups": [{"group": group} for group in MENU]},
}


class BodyEditor(forms.Textarea):
    """
    A textarea of HTML that a script makes an editor of.

    Without the script, or when the body holds something that the editor would drop,
    the textarea stays. What may be stored is up to articles.content.html in either case.
    """

    def format_value(self, value):
        # What was typed, too: the editor draws what stands here, and a form that comes back
        # with mistakes must ask no other host for a picture.
        html = super().format_value(value)
        return html and clean_once(html)

    def __init__(self, attrs=None):
        super().__init__({"rows": 24, "class": "vLargeTextField"} | (attrs or {}))

    @property
    def media(self):
        return prose_editor_admin_media + Media(
            css={"all": ["desk/body.css"]},
            js=[prose_editor_js, Script("desk/body.js", type="module")],
        )

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-desk-body"] = json.dumps(EXTENSIONS)
        return context

    def use_required_attribute(self, initial):
        # A required field that a script hides could not be sent at all.
        return False


class PictureInput(forms.NumberInput):
    """
    The number of a picture of the library, with what it shows, and the way to choose another one.

    A script opens the picker over the form; without it one types the number.
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
    """The picture of the library with this key as it was typed; None where there is none."""
    key = key_in(key)
    return Image.objects.on_site().filter(pk=key).first() if key else None
