"""The admin of pages such as the imprint."""

import re
from typing import ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.flatpages.admin import FlatPageAdmin
from django.contrib.flatpages.forms import FlatpageForm
from django.contrib.flatpages.models import FlatPage
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from js_asset import Script

from articles.admin.article.widgets import BodyEditor
from articles.content.html import clean_article, not_too_long
from articles.core.admin.changed_fields import ChangedFieldsForm, ChangedFieldsMixin
from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from newsroom.pages import PageAddress


class PageForm(ChangedFieldsForm, FlatpageForm):
    class Meta(FlatpageForm.Meta):
        fields = ["url", "title", "content"]
        widgets = {"content": BodyEditor}

    class Media:
        # For the picture button of the editor.
        css: ClassVar = {"all": ["desk/pictures.css"]}
        js: ClassVar = [Script("desk/picker.js", type="module")]

    def clean_url(self):
        url = super().clean_url()
        if not re.fullmatch(PageAddress.regex, url.strip("/")) or "//" in url:
            raise forms.ValidationError(
                _("Enter an address such as “/about/contact/”.")
            )
        try:
            # The rules exist without an editor's text, too, and an editor's text replaces them.
            taken = resolve(url).url_name not in {"page", "rules"}
        except Resolver404:
            taken = False
        if taken:
            raise forms.ValidationError(
                _(
                    "The address %(url)s belongs to another page of the site. Choose another one."
                )
                % {"url": url}
            )
        others = FlatPage.objects.filter(url=url).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(
                _("A page already exists at %(url)s. Edit that one instead.")
                % {"url": url}
            )
        return url

    def clean_content(self):
        not_too_long(self.cleaned_data["content"])
        return clean_article(self.cleaned_data["content"])


class PageAdmin(ChangedFieldsMixin, LongListMixin, NeighboursMixin, FlatPageAdmin):
    form = PageForm
    fieldsets = [(None, {"fields": ["title", "content", "url"]})]
    list_display = ["title", "url"]
    list_filter = []
    search_fields = ["title", "url"]

    def view_on_site(self, page):
        try:
            return reverse("page", args=[page.url.strip("/")])
        except NoReverseMatch:
            return None

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.sites.set([settings.SITE_ID])


admin.site.unregister(FlatPage)
admin.site.register(FlatPage, PageAdmin)
