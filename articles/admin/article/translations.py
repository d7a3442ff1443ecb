"""Translating articles at the desk: the draft, its source, and changes of the source since."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.article.preview import framed_here
from articles.core.languages import further_languages, own_name
from articles.models import Article, TransitionError
from articles.public import preview
from articles.publishing.translating import (
    languages_left,
    mark_up_to_date,
    source_text,
    translate,
)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Translate into"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a language.")},
    )

    def __init__(self, languages, data=None):
        super().__init__(data)
        field = self.fields["language"]
        field.choices = [(code, own_name(code)) for code in languages]
        if len(languages) == 1:
            field.initial = languages[0]


class TranslationsMixin:
    """
    For the admin of articles.

    Everybody who may add articles can translate those that they see, at the desk or on the site.
    """

    def get_urls(self):
        def own(address, view, name):
            wrapped = self.admin_site.admin_view(view)
            return path(
                f"<path:object_id>/{address}/", wrapped, name=f"articles_article_{name}"
            )

        return [
            own("translate", self.translate_view, "translate"),
            own("source", self.source_view, "source"),
            own("up-to-date", self.up_to_date_view, "up_to_date"),
            *super().get_urls(),
        ]

    def translate_view(self, request, object_id):
        """Ask for the language; a POST makes the draft and opens its form."""
        source = _article(Article.objects.visible_to(request.user), object_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        languages = languages_left(source) if further_languages() else []
        form = LanguageForm(
            languages, request.POST if request.method == "POST" else None
        )
        if form.is_valid():
            try:
                return self._begin(request, source, form.cleaned_data["language"])
            except TransitionError as error:
                form.add_error("language", str(error))
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/articles/article/translate.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Translate “%(article)s”") % {"article": source},
                "opts": self.opts,
                "article": source,
                "languages": languages,
                "form": form,
                "is_at_the_desk": self._is_at_the_desk(request, source),
            },
            status=422 if form.errors else 200,
        )

    @method_decorator(framed_here)
    def source_view(self, request, object_id):
        """The text to translate from, as readers see it."""
        translation = self._translation(request, object_id)
        revision = source_text(translation)
        if revision is None:
            raise Http404("The text that was translated is not known.")
        source = revision.article
        return preview.preview_page(
            request,
            preview.article_with_content(source, revision.content),
            {"revision": revision, "in_frame": True},
        )

    def up_to_date_view(self, request, object_id):
        """Mark the translation as up to date with its source."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        translation = self._translation(request, object_id)
        if not self.has_change_permission(request, translation):
            raise PermissionDenied
        mark_up_to_date(translation)
        self.message_user(
            request,
            _("The translation is marked as up to date."),
            messages.SUCCESS,
        )
        return _to_form(translation)

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        if obj is not None:
            context |= self._translation_context(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _begin(self, request, source, language):
        translation = translate(source, language, by=request.user)
        self.log_addition(request, translation, f"Translated from “{source}”.")
        self.message_user(
            request,
            _(
                "“%(article)s” is copied into a new draft of yours. Translate it, with the "
                "source beside it."
            )
            % {"article": source},
            messages.SUCCESS,
        )
        return _to_form(translation)

    def _translation_context(self, request, article):
        """What the form says of the source and of other versions; nothing with one language."""
        may_translate = bool(further_languages()) and self.has_add_permission(request)
        if not further_languages() and article.translation_of_id is None:
            return {"may_translate": False}
        group = Article.objects.in_group_of(article).exclude(pk=article.pk)
        seen = group.on_desk_of(request.user).order_by("language")
        base = article.translated_from
        source = base.article if base else article.translation_of
        return {
            "may_translate": may_translate,
            "versions": [(own_name(one.language), one) for one in seen],
            "source": source,
            "source_language": source and own_name(source.language),
            "source_at_the_desk": source and self._is_at_the_desk(request, source),
            "has_source_text": base is not None,
            "translated_revision": base,
            "newer_source": article.newer_source(),
            "may_mark": self.has_change_permission(request, article),
        }

    def _is_at_the_desk(self, request, article):
        here = self.get_queryset(request).filter(pk=article.pk).exists()
        return here and self.has_view_or_change_permission(request, article)

    def _translation(self, request, object_id):
        """The translation that the user sees at the desk."""
        translation = self.get_object(request, unquote(object_id))
        if translation is None:
            raise Http404("No article of yours is here.")
        if not self.has_view_or_change_permission(request, translation):
            raise PermissionDenied
        if translation.translation_of_id is None:
            raise Http404("This article is no translation.")
        return translation


def _article(articles, object_id):
    key = unquote(object_id)
    is_key = key.isascii() and key.isdecimal() and len(key) <= 18
    article = articles.filter(pk=key).first() if is_key else None
    if article is None:
        raise Http404("No article of yours is here.")
    return article


def _to_form(article):
    return HttpResponseRedirect(
        reverse("admin:articles_article_change", args=[article.pk])
    )
