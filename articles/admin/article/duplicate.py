"""Duplicating an article: a new draft with the same content."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from articles.publishing.planning import duplicate


class DuplicateMixin:
    """For the admin of articles. Needs permission to view the article and to add one."""

    def get_urls(self):
        address = path(
            "<path:object_id>/duplicate/",
            self.admin_site.admin_view(self.duplicate_view),
            name="articles_article_duplicate",
        )
        return [address, *super().get_urls()]

    def duplicate_view(self, request, object_id):
        """Say what is copied; a POST makes the copy."""
        article = self.get_object(request, unquote(object_id))
        if article is None:
            raise Http404(_("You have no such article."))
        if not (
            self.has_add_permission(request)
            and self.has_view_or_change_permission(request, article)
        ):
            raise PermissionDenied
        if request.method != "POST":
            return self._ask_to_duplicate(request, article)
        copy = duplicate(article, by=request.user)
        self.log_addition(request, copy, f"Duplicated from “{article}”.")
        self.message_user(
            request,
            _("“%(article)s” is a new draft of yours. Give it its own title.")
            % {"article": copy},
            messages.SUCCESS,
        )
        return HttpResponseRedirect(
            reverse("admin:articles_article_change", args=[copy.pk])
        )

    def _ask_to_duplicate(self, request, article):
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/articles/article/duplicate.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Duplicate “%(article)s”?") % {"article": article},
                "opts": self.opts,
                "article": article,
            },
        )
