"""The history of an article at the desk: revisions, the diff of two, and restoring one."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from articles.content.diff import compare_snapshots
from articles.content.part_names import PART_NAMES
from articles.content.snapshots import snapshot_of
from articles.core.moments import moment_in_words
from articles.core.pagination import LARGEST_ID, key_in
from articles.models import Image, Revision, TransitionError
from articles.publishing.actions import EditConflict, lead_is_lost, restore

REVISIONS_PER_PAGE = 50
# Used in place of a revision's key for what the article itself says.
LIVE = "live"


class RevisionNameForm(forms.ModelForm):
    label = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=Revision._meta.get_field("label").max_length,
        help_text=_(
            "Versions with a name are kept permanently and listed under “With a name”. Leave empty for no name."
        ),
    )

    class Meta:
        model = Revision
        fields = ["label"]

    def clean_label(self):
        return " ".join(self.cleaned_data["label"].split())


class RestoreForm(forms.Form):
    """Restoring; `seen` is the newest revision when the page was drawn."""

    seen = forms.IntegerField(
        required=False, min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput
    )


class HistoryMixin:
    def get_urls(self):
        pages = [
            ("", self.revisions_view, "revisions"),
            ("compare/", self.compare_view, "compare"),
            ("<int:key>/name/", self.name_view, "name_revision"),
            ("<int:key>/restore/", self.restore_view, "restore"),
        ]
        return [
            path(
                f"<path:object_id>/revisions/{route}",
                self.admin_site.admin_view(view),
                name=f"articles_article_{name}",
            )
            for route, view, name in pages
        ] + super().get_urls()

    def revisions_view(self, request, object_id):
        """The list of revisions: who saved what and when, newest first."""
        article = self.article_to_look_at(request, object_id)
        named = "named" in request.GET
        found = article.revisions_for(request.user).for_listing().newest_first()
        if named:
            found = found.named()
        if before := key_in(request.GET.get("before")):
            found = found.older_than(before)
        shown = list(found[: REVISIONS_PER_PAGE + 1])
        context = {
            "title": gettext("History of “%(article)s”") % {"article": article},
            "revisions": shown[:REVISIONS_PER_PAGE],
            "older": shown[REVISIONS_PER_PAGE - 1].pk
            if len(shown) > REVISIONS_PER_PAGE
            else None,
            "is_newest": before is None,
            "named": named,
            "may_read_notes": article.shows_proposals_to(request.user),
            "working": article.revisions.working().for_listing().first(),
            "may_change": self.has_change_permission(request, article),
            **unpublished_changes_of(article, request.user),
        }
        return self.article_page(request, article, "history", context)

    def compare_view(self, request, object_id):
        """The diff of two revisions, or of one and what the article itself says."""
        article = self.article_to_look_at(request, object_id)
        versions = article.revisions_for(request.user)
        new = _newer_side(article, versions, request.GET.get("to"))
        old = _older_side(article, versions, request.GET.get("from"), new)
        context = {
            "may_read_notes": article.shows_proposals_to(request.user),
            "title": gettext("Differences in “%(article)s”") % {"article": article},
            "old": old,
            "new": new,
            "live_in_words": live_in_words(article),
        }
        if old and new:
            found = compare_snapshots(_content(article, old), _content(article, new))
            context |= {
                "parts": [(PART_NAMES[part.name].label, part) for part in found.parts],
                "unknown": [PART_NAMES[part].label for part in found.unknown],
                "pictures": pictures_at_the_head(
                    _content(article, old), _content(article, new)
                ),
            }
        return self.article_page(request, article, "history_compare", context)

    def name_view(self, request, object_id, key):
        """Name a revision, so that it is easy to find again."""
        article = self._article_to_change(request, object_id)
        revision = _revision(article.revisions_for(request.user), key)
        form = RevisionNameForm(request.POST or None, instance=revision)
        if request.method == "POST" and form.is_valid():
            revision.call(form.cleaned_data["label"])
            self.message_user(request, _named_message(revision), messages.SUCCESS)
            return HttpResponseRedirect(revisions_address(article))
        context = {
            "title": gettext("Name a version"),
            "revision": Revision.objects.for_listing().get(pk=revision.pk),
            "form": form,
        }
        status = 422 if form.errors else 200
        return self.article_page(request, article, "history_name", context, status)

    @method_decorator(require_POST)
    def restore_view(self, request, object_id, key):
        """Save an old revision as the newest one."""
        article = self._article_to_change(request, object_id)
        revision = _revision(article.revisions_for(request.user), key)
        form = RestoreForm(request.POST)
        seen = form.cleaned_data["seen"] if form.is_valid() else None
        try:
            restore(article, revision, by=request.user, began_from=seen)
        except EditConflict as conflict:
            problem = gettext(
                "%(name)s has saved “%(article)s” since you opened its history. "
                "Nothing was restored: look at the newest version, then restore again."
            ) % {"name": conflict.newest.who, "article": article}
            self.message_user(request, problem, messages.ERROR)
        except TransitionError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(
                request, _restored_message(article, revision), messages.SUCCESS
            )
        return HttpResponseRedirect(revisions_address(article))

    def article_to_look_at(self, request, object_id):
        article = self.get_object(request, unquote(object_id))
        if article is None:
            raise Http404(gettext("You have no such article."))
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        return article

    def _article_to_change(self, request, object_id):
        article = self.article_to_look_at(request, object_id)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        return article

    def article_page(self, request, article, name, context, status=200):
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/articles/article/{name}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "article": article,
                **context,
            },
            status=status,
        )


def pictures_at_the_head(*contents):
    """For each snapshot its lead image; None if it has none or the image is not on the site."""
    leads = [content.get("lead_image") for content in contents]
    keys = {lead["image"] for lead in leads if lead}
    images = Image.objects.on_site().in_bulk(keys) if keys else {}
    return [images.get(lead["image"]) if lead else None for lead in leads]


def unpublished_changes_of(article, user):
    """What the form says of changes that readers do not see yet, unscheduled or scheduled."""
    if not article.keeps_changes_apart:
        return {}
    scheduled = article.revisions.scheduled().for_listing().first()
    newest = article.working_copy if article.has_unpublished_changes else None
    return {
        "scheduled_changes": scheduled,
        "waiting_changes": newest if newest != scheduled else None,
        "live_in_words": live_in_words(article),
        "compare_with_live": comparing_with_live(article),
        "may_publish": user.has_perm("articles.publish_article")
        and not article.is_withdrawn,
    }


def live_in_words(article):
    """Names what the article itself says, as a label."""
    if article.is_visible:
        return gettext("What readers see")
    if article.is_scheduled:
        return gettext("What readers will see")
    return gettext("What readers saw") if article.is_withdrawn else gettext("The draft")


def comparing_with_live(article):
    """The words of the link that compares a version with what the article itself says."""
    if article.is_visible:
        return gettext("Compare with what readers see")
    if article.is_scheduled:
        return gettext("Compare with what readers will see")
    if article.is_withdrawn:
        return gettext("Compare with what readers saw")
    return gettext("Compare with the draft")


def revisions_address(article):
    return reverse("admin:articles_article_revisions", args=[article.pk])


def _revision(versions, key):
    revision = versions.filter(pk=key_in(key) or 0).first()
    if revision is None:
        raise Http404(gettext("This article has no such version, or no longer has it."))
    return revision


def _side(versions, which):
    return LIVE if which == LIVE else _revision(versions, which)


def _newer_side(article, versions, which):
    """The side that was asked for, or the newest version if there is one."""
    return _side(versions, which) if which else article.working_copy


def _older_side(article, versions, which, new):
    """The side that was asked for, or the version before the newer side."""
    if which:
        return _side(versions, which)
    if new is None or new == LIVE:
        return article.working_copy
    return article.revisions.working().older_than(new.pk).first()


def _content(article, side):
    return snapshot_of(article) if side == LIVE else side.content


def _named_message(revision):
    if revision.label:
        return gettext("This version is now called “%(name)s”.") % {
            "name": revision.label
        }
    return gettext("This version no longer has a name.")


def _restored_message(article, revision):
    done = (
        gettext("Restored from “%(name)s”.")
        if revision.label
        else gettext("Restored from the version of %(time)s.")
    )
    sentences = [done % {"name": revision.label, "time": moment_in_words(revision.at)}]
    if lead_is_lost(revision):
        sentences.append(
            gettext(
                "Its lead image is no longer in the library, so the version has none."
            )
        )
    if article.keeps_changes_apart:
        sentences.append(gettext("Readers see it when you publish the changes."))
    return " ".join(sentences)
