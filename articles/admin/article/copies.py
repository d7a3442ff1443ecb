"""
The copies of unsaved text on the form of an article: offering, viewing, taking, discarding.

The rule for copies is in articles.models.unsaved. `AutosaveMixin` stores them.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from articles.admin.article.form import DATES, ArticleForm
from articles.core.pagination import key_in
from articles.models import Unsaved
from articles.models.unsaved import shared_key

# The fields that a writer types text into.
WORDS = [
    "title",
    "standfirst",
    "lead_alt",
    "lead_caption",
    "body",
    "signed_by",
    "tags",
]

TYPED = [
    *WORDS,
    "lead_image",
    "slug",
    "language",
    "embargo_until_0",
    "embargo_until_1",
    "planned_for",
    # The revision and the dates that were on the screen, even if that revision was deleted since.
    "seen",
    *DATES.values(),
]

# The newest copies that a form offers.
COPIES_OFFERED = 10


@dataclass(frozen=True)
class CopyAddresses:
    """The addresses of the views of copies, for an article or for new ones."""

    keep: str
    presence: str
    view: str
    take: str
    discard: str
    form: str


class CopiesMixin:
    """Offers the user's copies on the form, and lets them be viewed, taken and discarded."""

    def get_urls(self):
        views = [
            ("unsaved", self.unsaved_view),
            ("unsaved/take", self.take_view),
            ("unsaved/throw-away", self.throw_away_view),
        ]
        return [*self.paths_of_copies(views), *super().get_urls()]

    def paths_of_copies(self, views):
        """The paths of these views, for articles and for those that were never saved."""
        return [
            path(
                f"{prefix}/{address}/",
                self.admin_site.admin_view(view),
                arguments,
                name=f"articles_article_{name}{address.replace('/', '_').replace('-', '_')}",
            )
            for prefix, name, arguments in [
                ("add", "add_", {"object_id": None}),
                ("<path:object_id>", "", {}),
            ]
            for address, view in views
        ]

    @method_decorator(require_safe)
    def unsaved_view(self, request, object_id):
        """One of the user's own copies, also for users who may not change the article any more."""
        article = self.article_of_copies(request, object_id)
        copy = self._own_copy(request, article, request.GET.get("copy"))
        typed = ArticleForm(copy.typed)
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/articles/article/unsaved.html",
            {
                **self.admin_site.each_context(request),
                "title": gettext("Unsaved text"),
                "opts": self.opts,
                "article": article,
                "unsaved": copy,
                "copies_at": addresses_of(article),
                "words": [typed[name] for name in WORDS],
                "may_change": self.may_write(request, article),
            },
        )

    @method_decorator(require_POST)
    def take_view(self, request, object_id):
        """
        Open the form with a copy. Newer copies, and what was on the screen, are not lost.

        The request has the fields of the form, as they were on the screen.
        """
        article = self.article_of_copies(request, object_id)
        if not self.may_write(request, article):
            raise PermissionDenied
        copy = self._own_copy(request, article, request.POST.get("copy"))
        with transaction.atomic():
            if "title" in request.POST:
                self._store_screen(request, article, but_for=copy)
            for newer in Unsaved.objects.newer_than(copy).order_by("at", "id"):
                _turn_into_revision(newer)
        return HttpResponseRedirect(
            f"{addresses_of(article).form}?_unsaved={copy.version}"
        )

    @method_decorator(require_POST)
    def throw_away_view(self, request, object_id):
        article = self.article_of_copies(request, object_id)
        self._own_copy(request, article, request.POST.get("copy")).delete()
        self.message_user(
            request, gettext("Your unsaved text is discarded."), messages.SUCCESS
        )
        return HttpResponseRedirect(addresses_of(article).form)

    def article_of_copies(self, request, object_id):
        """The article, or None for new ones. Raises Http404 and PermissionDenied."""
        if object_id is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return None
        article = self.get_object(request, object_id)
        if article is None:
            raise Http404
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        return article

    def may_write(self, request, article):
        if article is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, article)

    def _own_copy(self, request, article, key):
        """The user's copy with this key; without a key the newest one."""
        copies = Unsaved.objects.of(request.user).filter(article=article)
        if key:
            copies = copies.filter(pk=key_in(key) or 0)
        copy = copies.newest_first().first()
        if copy is None:
            raise Http404
        return copy

    def _store_screen(self, request, article, *, but_for):
        """Store what is on the screen as a copy, unless it is already saved or in the copy."""
        typed = typed_in(request.POST)
        form = ArticleForm(instance=article)
        if not form.lacks(typed) or typed == but_for.typed:
            return
        key = form_key_in(request.POST)
        if key == but_for.key:
            # The form has written the copy itself and went on since.
            key = uuid4()
        self.store_copy(request, article, typed, key=key)

    # On the form

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.taken_over = None
        if request.method == "GET" and (version := request.GET.get("_unsaved")):
            copies = Unsaved.objects.of(request.user).filter(article=obj)
            form.taken_over = copies.at_version(version)
            if version == "1":
                form.taken_over = copies.newest_first().first()
        return form

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        form = context["adminform"].form
        sent = request.POST if request.method == "POST" else {}
        taken = getattr(form, "taken_over", None)
        context |= {
            "copies_at": addresses_of(obj),
            "form_key": form_key_in(sent) or uuid4(),
            "continues": sent.get("_continues", taken.version if taken else ""),
        }
        if request.method == "GET" and not context["is_popup"]:
            copies = self._offered(request, obj, form, taken)
            context |= {"copies": copies, "taken_over": taken}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _offered(self, request, article, form, taken):
        """The user's copies with text that the form lacks, newest first."""
        copies = Unsaved.objects.of(request.user).filter(article=article)
        if taken is not None:
            copies = copies.exclude(pk=taken.pk)
        newest = list(copies.newest_first()[:COPIES_OFFERED])
        if "title" not in form.fields:
            return newest
        return [copy for copy in newest if form.lacks(copy.typed)]

    def forget_copies(self, request, article):
        """Delete the copy of the form that was saved, and the one that it began with."""
        copies = Unsaved.objects.of(request.user)
        key = form_key_in(request.POST) or shared_key(article, request.user)
        copies.in_form(key).delete()
        if began := copies.at_version(request.POST.get("_continues", "")):
            began.delete()


def addresses_of(article):
    """The CopyAddresses of an article; None for new ones."""
    prefix, keys = (
        ("articles_article_add_", [])
        if article is None
        else ("articles_article_", [article.pk])
    )

    def address(name):
        return reverse(f"admin:{prefix}{name}", args=keys)

    return CopyAddresses(
        keep=address("unsaved_keep"),
        presence=address("presence"),
        view=address("unsaved"),
        take=address("unsaved_take"),
        discard=address("unsaved_throw_away"),
        form=reverse(
            f"admin:articles_article_{'change' if keys else 'add'}", args=keys
        ),
    )


def typed_in(data):
    """The typed values of submitted data, as Unsaved.typed has them."""
    # PostgreSQL stores no NUL in JSON, and browsers send CR LF for a new line.
    return {
        name: data[name].replace("\x00", "").replace("\r\n", "\n")
        for name in TYPED
        if name in data
    }


def form_key_in(data):
    """The key of the form that was sent, or None."""
    try:
        return UUID(data.get("form_key", ""))
    except ValueError:
        return None


def _turn_into_revision(copy):
    """Turn the copy into a revision if its article has one and all that was typed is valid."""
    if copy.article is None or copy.article.working_copy is None:
        return
    form = ArticleForm(copy.typed, instance=copy.article)
    if form.is_valid():
        copy.turn_into_revision(form.valid_parts())
