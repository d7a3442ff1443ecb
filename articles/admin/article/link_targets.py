"""The articles that a link in a text may lead to, for the link box of the body editor."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import path
from django.utils import formats, timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from articles.core.admin.changelist import LONGEST_SEARCH
from articles.models import Article

TARGETS_SHOWN = 8


class LinkTargetForm(forms.Form):
    q = forms.CharField(required=False, max_length=LONGEST_SEARCH)


class LinkTargetsMixin:
    """For the admin of articles."""

    def get_urls(self):
        address = path(
            "link-targets/",
            self.admin_site.admin_view(self.link_targets_view),
            name="articles_article_link_targets",
        )
        return [address, *super().get_urls()]

    @method_decorator([never_cache, require_safe])
    def link_targets_view(self, request):
        """The newest articles whose title has all words of `q`, as JSON."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = LinkTargetForm(request.GET)
        if not form.is_valid():
            return JsonResponse({"results": []})
        found = Article.objects.linkable_by(request.user).titled(form.cleaned_data["q"])
        newest = found.only(*_SHOWN).order_by("-pk")[:TARGETS_SHOWN]
        return JsonResponse({"results": [_result(article) for article in newest]})


_SHOWN = [
    "title",
    "slug",
    "language",
    "status",
    "published_at",
    "embargo_until",
    "modified_at",
]


def _result(article):
    day = article.public_from or article.modified_at
    return {
        "title": article.title,
        "address": article.get_absolute_url(),
        # Translators: the status of an article and a date, such as “Published, 3 May 2026”.
        "detail": gettext("%(status)s, %(date)s")
        % {
            "status": article.status_in_words,
            "date": formats.date_format(timezone.localtime(day), "DATE_FORMAT"),
        },
    }
