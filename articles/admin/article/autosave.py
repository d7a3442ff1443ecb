"""
Autosave: what is typed into the form of an article is kept before it is saved.

Every few seconds it is stored in a row of its own. The form offers it when it is opened again,
and tells others who is editing. The article and its history do not change.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from articles.admin.article.form import DATES, ArticleForm
from articles.content.snapshots import differing_parts
from articles.core.append_only import name_of
from articles.core.text.word_list import word_list
from articles.models import Unsaved

# The most bytes that an autosave request may send.
LONGEST = 3 * 1024 * 1024

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

GONE = _("This article no longer exists. Copy your text from here before you leave.")
NOT_YOURS = _(
    "You can no longer edit this article. Copy your text from here before you leave."
)
TOO_LONG_TO_KEEP = _("This is too long for autosave: more than 3 MB. Save it yourself.")


class AutosaveMixin:
    """Stores what is typed, offers it again, and shows who else is editing."""

    def get_urls(self):
        views = [
            ("unsaved", self.unsaved_view),
            ("unsaved/keep", self.autosave_view),
            ("unsaved/throw-away", self.throw_away_view),
            ("presence", self.presence_view),
        ]
        return [
            path(
                f"<path:object_id>/{address}/",
                self.admin_site.admin_view(view),
                name=f"articles_article_{address.replace('/', '_').replace('-', '_')}",
            )
            for address, view in views
        ] + super().get_urls()

    @method_decorator(require_POST)
    def autosave_view(self, request, object_id):
        """Store what was typed, and say when it was stored."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
            return _problem(TOO_LONG_TO_KEEP, status=413)
        article = self.get_object(request, object_id)
        if article is None:
            return _problem(GONE, status=404)
        if not self.has_change_permission(request, article):
            return _problem(NOT_YOURS, status=403)
        typed = _typed(request.POST)
        try:
            row = Unsaved.objects.store(
                article,
                typed,
                by=request.user,
                began_from=_revision(article, typed.get("seen", "")),
            )
        except IntegrityError:
            # The article was deleted in the same instant.
            return _problem(GONE, status=404)
        return JsonResponse({"at": row.at})

    @method_decorator(require_GET)
    @method_decorator(never_cache)
    def presence_view(self, request, object_id):
        """Who else is editing, and a fresh CSRF token for the form after signing in again."""
        article = self.get_object(request, object_id)
        if article is None:
            return _problem(GONE, status=404)
        if not self.has_change_permission(request, article):
            return _problem(NOT_YOURS, status=403)
        return JsonResponse(
            {
                "others": _other_editors(article, request.user),
                "token": get_token(request),
            }
        )

    @method_decorator(require_safe)
    def unsaved_view(self, request, object_id):
        """The user's own unsaved text, also for users who may not change the article any more."""
        article, row = self._own_row(request, object_id)
        typed = ArticleForm(row.typed)
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/articles/article/unsaved.html",
            {
                **self.admin_site.each_context(request),
                "title": gettext("Unsaved text"),
                "opts": self.opts,
                "article": article,
                "unsaved": row,
                "words": [typed[name] for name in WORDS],
                "may_change": self.has_change_permission(request, article),
            },
        )

    @method_decorator(require_POST)
    def throw_away_view(self, request, object_id):
        article, row = self._own_row(request, object_id)
        row.delete()
        self.message_user(
            request, gettext("Your unsaved text is discarded."), messages.SUCCESS
        )
        return HttpResponseRedirect(self._form_url(request, article.pk))

    def _own_row(self, request, object_id):
        article = self.get_object(request, object_id)
        if article is None:
            raise Http404
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        row = article.unsaved.of(request.user).first()
        if row is None:
            raise Http404
        return article, row

    # On the form

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.taken_over = None
        if obj is not None and request.method == "GET" and "_unsaved" in request.GET:
            form.taken_over = obj.unsaved.of(request.user).first()
        return form

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        form = context["adminform"].form
        may_change = obj is not None and self.has_change_permission(request, obj)
        refused = getattr(form, "refused", None)
        context |= {
            "conflicts": getattr(form, "conflicts", []),
            "newest": getattr(refused, "newest", None),
            "is_kept": may_change,
        }
        if may_change:
            context["others"] = _other_editors(obj, request.user)
        if obj is not None and request.method == "GET":
            context |= self._unsaved_context(request, obj, form)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _unsaved_context(self, request, article, form):
        """Whether the form holds the user's unsaved text, or where it can be found."""
        if row := getattr(form, "taken_over", None):
            return {"taken_over": row}
        row = article.unsaved.of(request.user).first()
        stands_there = "title" in form.fields and row and not form.lacks(row.typed)
        return {} if row is None or stands_there else {"unsaved": row}

    def forget_unsaved(self, request, article):
        """
        Delete the user's unsaved text after a save.

        Text that was offered beside the form and not taken over was not saved, so it stays.
        """
        if "_undecided" not in request.POST:
            article.unsaved.of(request.user).delete()

    def report_merged_parts(self, request, typed, revision):
        """Name the parts that others changed meanwhile and that the merge kept."""
        parts = differing_parts(typed, revision.content)
        if not parts:
            return
        mine = revision.by_id == request.user.pk
        other = (revision.began_from if mine else None) or revision
        sentence = (
            gettext("What you saved elsewhere was kept: %(parts)s.")
            if other.by_id == request.user.pk
            else gettext("What %(name)s saved in the meantime was kept: %(parts)s.")
        )
        names = word_list(ArticleForm.label_of(part) for part in parts)
        said = sentence % {"name": other.who, "parts": names}
        self.message_user(request, said, messages.INFO)


def _typed(data):
    # PostgreSQL stores no NUL in JSON, and browsers send CR LF for a new line.
    return {
        name: data[name].replace("\x00", "").replace("\r\n", "\n")
        for name in TYPED
        if name in data
    }


def _revision(article, seen):
    if not (seen.isdecimal() and len(seen) < 19):
        return None
    return article.revisions.filter(pk=seen).first()


def _other_editors(article, user):
    return [
        {"name": name_of(row.by), "at": row.at, "seconds": _seconds_since(row.at)}
        for row in article.unsaved.recent().by_others(user)[:10]
    ]


def _seconds_since(moment):
    return max(0, int((timezone.now() - moment).total_seconds()))


def _problem(sentence, *, status):
    return JsonResponse({"problem": str(sentence)}, status=status)
