"""
Autosave: what is typed into the form of an article is kept before it is saved.

Every few seconds it is stored as a copy (see articles.models.unsaved). The form offers it when it
is opened again, and tells others who is editing. The article and its history do not change.
"""

from datetime import timedelta

from django.contrib import messages
from django.db import IntegrityError
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from articles.admin.article.copies import CopiesMixin, form_key_in, typed_in
from articles.admin.article.form import ArticleForm
from articles.content.block_merge import changed_places
from articles.content.snapshots import differing_parts
from articles.core.append_only import name_of
from articles.core.text.word_list import word_list
from articles.models import Article, Unsaved
from articles.models.unsaved import UNSAVED_KEPT

# The most bytes that an autosave request may send.
LONGEST = 3 * 1024 * 1024

# The most people that a form shows as editing.
EDITORS_SHOWN = 10

GONE = _("This article no longer exists. Copy your text from here before you leave.")
NOT_YOURS = _(
    "You can no longer edit this article. Copy your text from here before you leave."
)
TOO_LONG_TO_KEEP = _("This is too long for autosave: more than 3 MB. Save it yourself.")


def is_too_long(request):
    """Whether a request with the fields of the form is longer than LONGEST."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST


class AutosaveMixin(CopiesMixin):
    """Stores what is typed, offers it again, and shows who else is editing."""

    def get_urls(self):
        views = [
            ("unsaved/keep", self.autosave_view),
            ("presence", self.presence_view),
        ]
        return [*self.paths_of_copies(views), *super().get_urls()]

    @method_decorator(require_POST)
    def autosave_view(self, request, object_id):
        """
        Store what was typed, and say when it was stored.

        `age`, in seconds, is sent with text that a browser kept while the server was away.
        """
        if is_too_long(request):
            return _problem(TOO_LONG_TO_KEEP, status=413)
        article, refusal = self._article_to_write(request, object_id)
        if refusal:
            return refusal
        try:
            copy = self.store_copy(
                request,
                article,
                typed_in(request.POST),
                key=form_key_in(request.POST),
                continues=request.POST.get("_continues", ""),
                at=timezone.now() - _age_in(request.POST),
            )
        except IntegrityError:
            # The article was deleted in the same instant.
            return _problem(GONE, status=404)
        return JsonResponse({"at": copy.at, "version": copy.version})

    def store_copy(self, request, article, typed, *, key, **how):
        if article is None and key is not None:
            # The form may have been saved a moment ago.
            saved = Article.objects.filter(form_key=key, created_by=request.user)
            article = saved.first()
        return Unsaved.objects.store(
            article,
            typed,
            by=request.user,
            key=key,
            began_from=article and _revision(article, typed.get("seen", "")),
            **how,
        )

    @method_decorator(require_GET)
    @method_decorator(never_cache)
    def presence_view(self, request, object_id):
        """Who else is editing, and a fresh CSRF token for the form after signing in again."""
        article, refusal = self._article_to_write(request, object_id)
        if refusal:
            return refusal
        return JsonResponse(
            {
                "others": _other_editors(article, request.user),
                "token": get_token(request),
            }
        )

    def _article_to_write(self, request, object_id):
        """The article, None for a new one; and the response if the user may not write it."""
        article = None
        if object_id is not None:
            article = self.get_object(request, object_id)
            if article is None:
                return None, _problem(GONE, status=404)
        if not self.may_write(request, article):
            return None, _problem(NOT_YOURS, status=403)
        return article, None

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        form = context["adminform"].form
        is_kept = self.may_write(request, obj)
        context |= {
            "conflicts": getattr(form, "conflicts", []),
            "conflict_base": getattr(form, "conflict_base", ""),
            "newest": getattr(getattr(form, "refused", None), "newest", None),
            "is_kept": is_kept,
            "others": _other_editors(obj, request.user) if is_kept else [],
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def report_merged_parts(self, request, typed, revision):
        """Name the parts that others changed meanwhile and that the merge kept."""
        mine = revision.by_id == request.user.pk
        other = (revision.began_from if mine else None) or revision
        parts = differing_parts(typed, revision.content)
        if other.content.get("slug") != revision.content["slug"]:
            # It follows the title that was typed.
            parts = [part for part in parts if part != "slug"]
        if not parts:
            return
        sentence = (
            gettext("What you saved elsewhere was kept: %(parts)s.")
            if other.by_id == request.user.pk
            else gettext("What %(name)s saved in the meantime was kept: %(parts)s.")
        )
        names = word_list(_in_words(part, typed, revision.content) for part in parts)
        said = sentence % {"name": other.who, "parts": names}
        self.message_user(request, said, messages.INFO)


def _in_words(part, typed, saved):
    """A part that a merge changed: its label, for a body with the number of places."""
    label = ArticleForm.label_of(part)
    if part != "body":
        return label
    places = changed_places(typed[part], saved[part])
    return ngettext(
        "%(part)s (in %(number)d place)", "%(part)s (in %(number)d places)", places
    ) % {"part": label, "number": places}


def _age_in(data):
    seconds = data.get("age", "")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        return timedelta()
    return min(timedelta(seconds=int(seconds)), UNSAVED_KEPT)


def _revision(article, seen):
    if not (seen.isdecimal() and len(seen) < 19):
        return None
    return article.revisions.filter(pk=seen).first()


def _other_editors(article, user):
    """The other people who typed recently, each with their last copy."""
    if article is None:
        return []
    newest = {}
    for copy in article.unsaved.recent().by_others(user)[: 2 * EDITORS_SHOWN]:
        newest.setdefault(copy.by_id, copy)
    return [
        {"name": name_of(copy.by), "at": copy.at, "seconds": _seconds_since(copy.at)}
        for copy in list(newest.values())[:EDITORS_SHOWN]
    ]


def _seconds_since(moment):
    return max(0, int((timezone.now() - moment).total_seconds()))


def _problem(sentence, *, status):
    return JsonResponse({"problem": str(sentence)}, status=status)
