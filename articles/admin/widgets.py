"""The editor of an article's body."""

import json

from django import forms
from django_prose_editor.widgets import prose_editor_admin_media, prose_editor_js
from js_asset import Media, Script

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
    the textarea stays. What may be stored is up to articles.markup in either case.
    """

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
