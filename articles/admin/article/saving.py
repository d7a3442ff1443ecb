"""
Saving the form of an article.

A script asks with `Accept: application/json`: then the same save answers with JSON, and the page
with the caret, the scroll position and the undo history stays as it is.
"""

from copy import copy

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.contrib.messages import get_messages
from django.db import IntegrityError
from django.http import HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from articles.admin.article.copies import TYPED, WORDS, addresses_of, form_key_in
from articles.admin.article.form import DATES, ArticleForm
from articles.content.html import clean_once
from articles.core.json_requests import wants_json
from articles.models import Article, TransitionError
from articles.publishing.actions import EditConflict, change_dates, save


class FormSentTwice(Exception):
    """The article that the form is about to create was created by it a moment ago."""


class SavingMixin:
    """Saves the form as a page does, or in place for a script."""

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        response = self._save_or_show(request, object_id, *args, **kwargs)
        if (
            request.method == "POST"
            and wants_json(request)
            and isinstance(response, TemplateResponse)
        ):
            return _refusal(response)
        return response

    def _save_or_show(self, request, object_id, *args, **kwargs):
        if request.method == "POST":
            object_id = object_id or self._made_by_this_form(request)
        if (
            request.method == "POST"
            and object_id is not None
            and super().has_change_permission(request)
        ):
            article = self.get_object(request, unquote(object_id))
            if article is None or not self.has_change_permission(request, article):
                return self._not_saved(request, article)
        try:
            return super().changeform_view(request, object_id, *args, **kwargs)
        except (IntegrityError, FormSentTwice):
            # In the same instant somebody else took the slug, and the form now says so, or
            # the same form was sent twice.
            object_id = object_id or self._made_by_this_form(request)
            return super().changeform_view(request, object_id, *args, **kwargs)
        except (EditConflict, TransitionError) as refused:
            # Refused while saving: the transaction is rolled back, and the form says why.
            request.refused_saving = refused
            return super().changeform_view(request, object_id, *args, **kwargs)

    def _made_by_this_form(self, request):
        """The key of the article that this form has created already, or None."""
        key = form_key_in(request.POST)
        made = key and Article.objects.filter(form_key=key, created_by=request.user)
        article = made and made.first()
        return str(article.pk) if article else None

    def save_model(self, request, article, form, change):
        if not change:
            if self._made_by_this_form(request):
                raise FormSentTwice
            key = form_key_in(request.POST)
            # Nobody else's: a key is not guessed, but it can be copied.
            if key and not Article.objects.filter(form_key=key).exists():
                article.form_key = key
            article.created_by = request.user
            article.save()
            self.forget_copies(request, None)
            return
        typed = form.content()
        revision = save(
            article,
            typed,
            by=request.user,
            began_from=form.cleaned_data["seen"],
            note=form.cleaned_data["note"],
        )
        self.forget_copies(request, article)
        changed = DATES.keys() & set(form.changed_data)
        if dates := {name: form.cleaned_data[name] for name in changed}:
            change_dates(article, dates, instead_of=form.dates, by=request.user)
        self.report_merged_parts(request, typed, revision)
        article.refresh_from_db()

    def save_related(self, request, form, formsets, change):
        if not change:
            form.save_m2m()
            form.instance.keep_revision(by=request.user)
            form.instance.note_pictures()
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def _not_saved(self, request, article):
        """Show the typed text to copy: the article was deleted, or is no longer the writer's."""
        typed = ArticleForm(request.POST)
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/articles/article/not_saved.html",
            {
                **self.admin_site.each_context(request),
                "title": gettext("Not saved"),
                "opts": self.opts,
                "article": article,
                "problem": _problem(article),
                "words": [typed[name] for name in WORDS],
            },
            status=404 if article is None else 403,
        )

    def log_change(self, request, obj, message):
        """Log what was changed. A save that changed nothing leaves no entry."""
        return super().log_change(request, obj, message) if message else None

    # The response

    def response_add(self, request, obj, post_url_continue=None):
        response = self._response_with_step(request, obj)
        if response is None and wants_json(request):
            return self._saved_in_place(request, obj, is_new=True)
        response = response or super().response_add(request, obj, post_url_continue)
        return _as_asked(request, response)

    def response_change(self, request, obj):
        response = self._response_with_step(request, obj)
        goes_on = "_savenext" in request.POST
        if response is None and wants_json(request) and not goes_on:
            return self._saved_in_place(request, obj)
        response = response or self._response_of_live(request, obj)
        response = response or super().response_change(request, obj)
        return _as_asked(request, response)

    def _response_of_live(self, request, article):
        """The response that says what readers see; None unless it differs from what is saved."""
        others = {"_savenext", "_addanother", "_saveasnew", IS_POPUP_VAR}
        if others & request.POST.keys() or not _readers_see_older(article):
            return None
        self.message_user(request, _saved(article), messages.SUCCESS)
        if "_continue" in request.POST:
            return HttpResponseRedirect(self._form_url(request, article.pk))
        return self.response_post_save_change(request, article)

    def _saved_in_place(self, request, article, *, is_new=False):
        # What the merge reported, and what was waiting for the next page.
        said = [str(message) for message in get_messages(request)]
        addresses = addresses_of(article)
        return JsonResponse(
            {
                "saved": _saved(article),
                "said": said,
                "at": timezone.now(),
                "title": str(article),
                "form": self._form_url(request, article.pk),
                "keep": addresses.keep,
                "presence": addresses.presence,
                "values": self._values_now(request, article)
                | self._values_of_inlines(request, article, is_new=is_new),
            }
        )

    def _values_now(self, request, article):
        """The values of the form after the save, as far as they differ from what was sent."""
        form = self.get_form(request, article, change=True)(instance=article)
        sent = request.POST
        values = {"note": "", "_continues": ""}
        for name in TYPED:
            if name not in form.fields:
                continue
            value = form.get_initial_for_field(form.fields[name], name)
            value = "" if value is None else str(value)
            if name == "body" and value == clean_once(sent.get(name, "")):
                continue
            if _plain(value) != _plain(sent.get(name, "")):
                values[name] = value
        return values

    def _values_of_inlines(self, request, article, *, is_new):
        """The hidden values of the forms inside the form."""
        to_show = copy(request)
        to_show.method = "GET"
        formsets, _inlines = self._create_formsets(to_show, article, change=True)
        values = {}
        for formset in formsets:
            if is_new:
                # The page has no fields for them until it is opened again.
                values |= {
                    f"{formset.prefix}-{name}": "0"
                    for name in ["TOTAL_FORMS", "INITIAL_FORMS"]
                }
                continue
            for form in [formset.management_form, *formset.forms]:
                for field in form.hidden_fields():
                    value = field.value()
                    values[field.html_name] = "" if value is None else str(value)
        return values


def _readers_see_older(article):
    return article.status == Article.Status.PUBLISHED and (
        article.has_unpublished_changes
    )


def _saved(article):
    if article.is_visible and _readers_see_older(article):
        return gettext("Saved. Readers see the last published version.")
    return gettext("Saved.")


def _as_asked(request, response):
    """The redirect after a save, or for a script the address that it leads to."""
    if not wants_json(request):
        return response
    return JsonResponse({"next": response.url})


def _refusal(response):
    """The page that shows a form again, as JSON: what is wrong, and the values to send again."""
    context = response.context_data
    if "adminform" not in context:
        return JsonResponse(
            {"problem": context["problem"]}, status=response.status_code
        )
    form = context["adminform"].form
    errors = _errors_of(form)
    for inline in context["inline_admin_formsets"]:
        for one in inline.formset.forms:
            errors |= _errors_of(one)
    return JsonResponse(
        {
            "errors": errors,
            "problems": [
                *map(str, form.non_field_errors()),
                *_problems_of_inlines(context["inline_admin_formsets"]),
            ],
            "conflict": bool(form.conflicts),
            "asks": form.has_questions,
            "values": {name: str(form.data.get(name, "")) for name in DATES.values()},
        }
    )


def _errors_of(form):
    return {
        field.html_name: [str(error) for error in field.errors]
        for field in form
        if field.errors
    }


def _problems_of_inlines(inlines):
    for inline in inlines:
        yield from map(str, inline.formset.non_form_errors())
        for form in inline.formset.forms:
            yield from map(str, form.non_field_errors())


def _problem(article):
    if article is None:
        return gettext("This article no longer exists. Your text is not saved.")
    return gettext(
        "You can no longer edit “%(title)s”. Its status: %(status)s. Your text is not saved."
    ) % {"title": article, "status": article.status_in_words}


def _plain(text):
    return "\n".join(text.splitlines()).strip()
