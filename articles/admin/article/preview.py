"""The preview of an article at the desk, at two widths, and its secret links."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from articles.admin.article.autosave import is_too_long
from articles.admin.article.form import ArticleForm
from articles.public import preview

# How many preview links of an article are listed, the newest first.
LINKS_SHOWN = 20

# Only pages of this site may show the preview in a frame.
framed_here = [
    require_safe,
    xframe_options_sameorigin,
    csp_override(settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}),
]


TOO_LONG_TO_PREVIEW = _(
    "This is too long for the live preview: more than 3 MB. Save it, then open the preview."
)


def link_durations():
    """For how many days a link can work, with the words of the choice."""
    return [
        (days, ngettext("%(number)d day", "%(number)d days", days) % {"number": days})
        for days in (1, 3, 7)
    ]


class LinkForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_("The link works for"),
        coerce=int,
        choices=link_durations,
        initial=3,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how many days the link works."),
            "invalid_choice": _("Choose 1, 3 or 7 days."),
        },
    )


class PreviewMixin:
    """
    For the admin of articles.

    Everybody who sees an article at the desk can preview it; links need permission to edit.
    """

    def get_urls(self):
        def own(address, view, name):
            wrapped = self.admin_site.admin_view(view)
            return path(
                f"<path:object_id>/{address}", wrapped, name=f"articles_article_{name}"
            )

        return [
            own("preview/", self.preview_view, "preview"),
            own("preview/typed/", self.typed_view, "preview_typed"),
            own("previews/", self.previews_view, "previews"),
            own("previews/<int:link>/revoke/", self.revoke_view, "revoke"),
            *super().get_urls(),
        ]

    @method_decorator(framed_here)
    def preview_view(self, request, object_id):
        """The article as readers will see it, in its newest or another revision."""
        article = self._article_to_preview(request, object_id)
        revision = _revision(request, article)
        content = revision.content if revision else article.working_content()
        return preview.preview_page(
            request,
            preview.article_with_content(article, content),
            {"revision": revision, "in_frame": True},
        )

    @method_decorator(require_POST)
    def typed_view(self, request, object_id):
        """The article as readers will see it with the form's current values. Nothing is saved."""
        if is_too_long(request):
            return HttpResponse(
                TOO_LONG_TO_PREVIEW, status=413, content_type="text/plain"
            )
        article = self._article_to_preview(request, object_id)
        self._require_editing(request, article)
        content = article.working_content()
        form = ArticleForm(request.POST, instance=article)
        form.may_make_tags = True
        return preview.preview_page(
            request,
            # Not the form's own instance: validation has already changed that one.
            preview.article_with_content(article, content | form.valid_parts()),
            {"in_frame": True, "typed": True},
        )

    def previews_view(self, request, object_id):
        """The preview at both widths, and the links; a POST makes a new link."""
        article = self._article_to_preview(request, object_id)
        form = LinkForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            self._require_editing(request, article)
            if form.is_valid():
                preview.share(article, by=request.user, **form.cleaned_data)
                self.message_user(
                    request,
                    gettext(
                        "The link is created. Copy it from the list and send it to the people who should read the article."
                    ),
                    messages.SUCCESS,
                )
                return HttpResponseRedirect(_address(article, "previews"))
        return self._previews(request, article, form)

    def revoke_view(self, request, object_id, link):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        article = self._article_to_preview(request, object_id)
        self._require_editing(request, article)
        get_object_or_404(article.preview_links, pk=link).revoke()
        self.message_user(request, gettext("The link is revoked."), messages.SUCCESS)
        return HttpResponseRedirect(_address(article, "previews"))

    def _previews(self, request, article, form):
        revision = _revision(request, article)
        query = f"?revision={revision.pk}" if revision else ""
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/articles/article/previews.html",
            {
                **self.admin_site.each_context(request),
                "title": gettext("Preview"),
                "opts": self.opts,
                "article": article,
                "framed": _address(article, "preview") + query,
                "form": form,
                "site_address": settings.SITE_URL,
                "may_share": self.has_change_permission(request, article),
                "links": article.preview_links.all()[:LINKS_SHOWN],
            },
            status=422 if form.errors else 200,
        )

    def _article_to_preview(self, request, object_id):
        article = self.get_object(request, unquote(object_id))
        if article is None:
            raise Http404(gettext("You have no such article."))
        if not self.has_view_or_change_permission(request, article):
            raise PermissionDenied
        return article

    def _require_editing(self, request, article):
        if not self.has_change_permission(request, article):
            raise PermissionDenied


def _address(article, view):
    return reverse(f"admin:articles_article_{view}", args=[article.pk])


def _revision(request, article):
    """The revision that the address names, if the user may read it; None if it names none."""
    key = request.GET.get("revision")
    if not key:
        return None
    if not key.isascii() or not key.isdecimal() or len(key) > 18:
        raise Http404(gettext("This version does not exist."))
    return get_object_or_404(article.revisions_for(request.user), pk=key)
