"""
The sidebar of the desk: links to its screens in groups by job, and what waits behind them.

`GROUPS` is the whole structure. Each user sees the links to the screens that they may open,
and a group without links is not shown. The counts take one query each, up to MOST_COUNTED rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.flatpages.models import FlatPage
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from articles.models import (
    Article,
    ArticleBatch,
    Correction,
    CorrectionRequest,
    Image,
    Person,
    Step,
    Tag,
    TagStep,
)
from articles.public.ical import may_plan
from comments.models import (
    Batch,
    Classifier,
    Comment,
    Commenter,
    Decision,
    Numbers,
    Queue,
    RuleSetting,
    SecondLook,
    Term,
)
from newsroom.admin.health import may_see
from newsroom.models import SecurityEvent

# Rows are counted up to this number.
MOST_COUNTED = 999


@dataclass(frozen=True)
class Count:
    """How many rows wait behind a link."""

    number: int
    # Whether the number stands out, because the work cannot wait.
    is_urgent: bool = False

    def __str__(self):
        return f"{MOST_COUNTED}+" if self.number > MOST_COUNTED else str(self.number)


@dataclass(frozen=True)
class Screen:
    """A screen of the desk: the changelist of a model, or a page by its URL name."""

    model: Any = None
    url_name: str = ""
    words: Any = ""
    # Whether the user may open a page that belongs to no model.
    may: Callable[[Any], bool] = lambda user: True
    # What waits there for the user, as a queryset; the words say it to screen readers.
    waiting: Callable[[Any], Any] | None = None
    waiting_words: Any = ""
    is_urgent: bool = False

    @property
    def title(self):
        return self.words or capfirst(self.model._meta.verbose_name_plural)

    @property
    def address(self):
        if self.url_name:
            return reverse(self.url_name)
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")

    def is_open_to(self, request):
        if self.model is None:
            return self.may(request.user)
        model_admin = admin.site.get_model_admin(self.model)
        return model_admin.has_view_or_change_permission(
            request
        ) and model_admin.has_module_permission(request)


def _in_review(user):
    if not user.has_perm("articles.publish_article"):
        return None
    return Article.objects.on_desk_of(user).in_review().without_a_date()


GROUPS = [
    (
        _("Write"),
        [
            Screen(url_name="admin:index", words=_("Dashboard")),
            Screen(
                Article,
                waiting=_in_review,
                waiting_words=_("in review"),
            ),
            Screen(url_name="desk_calendar", words=_("Calendar"), may=may_plan),
            Screen(Image),
            Screen(Tag),
            Screen(Person),
            Screen(Correction),
            Screen(ArticleBatch),
        ],
    ),
    (
        _("Readers"),
        [
            Screen(
                Queue,
                waiting=lambda user: Comment.objects.waiting(),
                waiting_words=_("waiting"),
                is_urgent=True,
            ),
            Screen(Comment),
            Screen(Commenter),
            Screen(
                CorrectionRequest,
                words=_("Error reports"),
                waiting=lambda user: CorrectionRequest.objects.open(),
                waiting_words=_("open"),
            ),
            Screen(Decision),
            Screen(SecondLook),
            Screen(Term),
            Screen(RuleSetting),
            Screen(Classifier),
            Screen(Numbers, words=_("Statistics")),
        ],
    ),
    (
        _("Site"),
        [
            Screen(FlatPage, words=_("Pages")),
            Screen(User),
            Screen(Group),
            Screen(url_name="desk_health", words=_("Background jobs"), may=may_see),
            Screen(Step, words=_("Article log")),
            Screen(TagStep),
            Screen(SecurityEvent, words=_("Security log")),
        ],
    ),
]
# Models without a link of their own: their only screen is opened from another one.
WITHOUT_A_LINK = {Batch}


@dataclass(frozen=True)
class Link:
    words: str
    address: str
    # The value of aria-current: "page", "true" for a page below the address, or empty.
    current: str = ""
    count: Count | None = None
    count_words: str = ""


class Navigation:
    """The sidebar for one request. Nothing is counted before a template asks for `groups`."""

    def __init__(self, request):
        self.request = request

    @property
    def new_article(self):
        """The address of the form for a new article; empty when the user may not write."""
        may = self.request.user.has_perm("articles.add_article")
        return reverse("admin:articles_article_add") if may else ""

    @cached_property
    def screens(self):
        """Pairs of the title of a group and its screens that the user may open."""
        groups = [
            (title, [one for one in screens if one.is_open_to(self.request)])
            for title, screens in GROUPS
        ]
        return [(title, screens) for title, screens in groups if screens]

    @cached_property
    def groups(self):
        """Pairs of the title of a group and its links, with counts."""
        here = self._current_address()
        return [
            (title, [self._link(screen, here) for screen in screens])
            for title, screens in self.screens
        ]

    @cached_property
    def here(self):
        """The screen to which the page belongs; None when it belongs to none."""
        address = self._current_address()
        return next((one for one in self._all_screens if one.address == address), None)

    @property
    def _all_screens(self):
        return [screen for title, screens in self.screens for screen in screens]

    def _current_address(self):
        """The longest address of a screen with which the address of the page begins."""
        path = self.request.path
        dashboard = reverse("admin:index")
        found = [
            screen.address
            for screen in self._all_screens
            if path.startswith(screen.address)
            and (screen.address != dashboard or path == dashboard)
        ]
        return max(found, key=len, default="")

    def _link(self, screen, here):
        current = ""
        if screen.address == here:
            current = "page" if self.request.path == here else "true"
        return Link(
            str(screen.title),
            screen.address,
            current,
            self._count(screen),
            str(screen.waiting_words),
        )

    def _count(self, screen):
        waiting = screen.waiting and screen.waiting(self.request.user)
        if waiting is None:
            return None
        number = waiting.order_by()[: MOST_COUNTED + 1].count()
        return Count(number, screen.is_urgent) if number else None


def navigation_of(request):
    """The sidebar of this request, made once."""
    if not hasattr(request, "desk_navigation"):
        request.desk_navigation = Navigation(request)
    return request.desk_navigation
