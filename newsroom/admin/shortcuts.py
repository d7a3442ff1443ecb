"""The keyboard shortcuts of the desk: one list for the help page and for the script."""

from dataclasses import asdict, dataclass

from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from articles.public.ical import may_plan


@dataclass(frozen=True)
class Shortcut:
    # Values of `KeyboardEvent.key`, pressed one after the other.
    keys: tuple[str, ...]
    words: str
    # What the script does: open an address, or run one of its actions.
    address: str = ""
    action: str = ""

    @property
    def shown(self):
        return [{"Mod": _("Ctrl or ⌘")}.get(key, key) for key in self.keys]


ANYWHERE = [
    Shortcut(("?",), _("Show keyboard shortcuts"), action="help"),
    Shortcut(("Mod", "k"), _("Search, or jump to a page")),
]
IN_LISTS = [
    Shortcut(("/",), _("Go to the search field"), action="search"),
    Shortcut(("j",), _("Next row"), action="down"),
    Shortcut(("k",), _("Previous row"), action="up"),
    Shortcut(("Enter",), _("Open the row")),
]
ON_FORMS = [
    Shortcut(("Mod", "s"), _("Save without leaving, even while typing"), action="save"),
    Shortcut(("[",), _("Open the previous item in the list"), action="previous"),
    Shortcut(("]",), _("Open the next item in the list"), action="next"),
    Shortcut(("p",), _("Preview the article"), action="preview"),
]
IN_THE_BODY = [
    Shortcut(("Mod", "b"), _("Bold")),
    Shortcut(("Mod", "i"), _("Italic")),
    Shortcut(("Mod", "k"), _("Link to an article or an address")),
    Shortcut(("Mod", "h"), _("Find and replace")),
    Shortcut(("Mod", "Alt", "f"), _("Footnote")),
    Shortcut(("Mod", "Shift", "v"), _("Paste without formatting")),
    Shortcut(("Alt ↑",), _("Move the paragraph or picture up")),
    Shortcut(("Alt ↓",), _("Move the paragraph or picture down")),
    Shortcut(("Tab",), _("On a selected picture: go to its alt text")),
    Shortcut(("Esc",), _("In a picture’s fields: back to the picture")),
    Shortcut(("##", "␣"), _("Heading, at the beginning of a paragraph")),
    Shortcut(("###", "␣"), _("Subheading, at the beginning of a paragraph")),
    Shortcut(("-", "␣"), _("Bulleted list, at the beginning of a paragraph")),
    Shortcut(("1.", "␣"), _("Numbered list, at the beginning of a paragraph")),
    Shortcut((">", "␣"), _("Quotation, at the beginning of a paragraph")),
    Shortcut(("**…**",), _("Bold, while typing")),
    Shortcut(("*…*",), _("Italic, while typing")),
    Shortcut(("---",), _("Horizontal rule")),
]


def groups_for(user):
    """The shortcuts under their headings, with links only to pages the user may see."""
    return [
        (_("Anywhere"), ANYWHERE + _ways_for(user)),
        (_("In lists"), IN_LISTS),
        (_("In forms"), ON_FORMS),
        (_("In the text of an article"), IN_THE_BODY),
    ]


def for_script(user):
    """The shortcuts as the script needs them."""
    return [
        asdict(shortcut) | {"words": str(shortcut.words)}
        for heading, shortcuts in groups_for(user)
        for shortcut in shortcuts
        if shortcut.address or shortcut.action
    ]


def _ways_for(user):
    ways = [(True, ("g", "d"), _("Go to the dashboard"), "admin:index")]
    sees_articles = user.has_perm("articles.view_article") or user.has_perm(
        "articles.change_article"
    )
    ways += [
        (
            sees_articles,
            ("g", "a"),
            _("Go to articles"),
            "admin:articles_article_changelist",
        ),
        (may_plan(user), ("g", "c"), _("Go to the calendar"), "desk_calendar"),
        (
            user.has_perm("comments.moderate_comment"),
            ("g", "q"),
            _("Go to the moderation queue"),
            "admin:comments_queue_changelist",
        ),
        (
            user.has_perm("articles.add_article"),
            ("n",),
            _("New article"),
            "admin:articles_article_add",
        ),
    ]
    return [
        Shortcut(keys, words, address=reverse(name))
        for may, keys, words, name in ways
        if may
    ]


@require_safe
def shortcuts_page(request):
    context = {"title": _("Keyboard shortcuts"), "groups": groups_for(request.user)}
    request.current_app = admin.site.name
    return TemplateResponse(
        request,
        "admin/shortcuts.html",
        {**admin.site.each_context(request), **context},
    )


shortcuts_urls = [
    path("", admin.site.admin_view(shortcuts_page), name="desk_shortcuts")
]
