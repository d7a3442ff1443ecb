"""The article with its conversation beside it: where one screen of the desk shows what belongs to two apps."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from articles.admin import ArticleAdmin
from articles.admin.forms import MomentField
from articles.models import Article
from comments.models import Thread


class ThreadForm(forms.ModelForm):
    def save(self, commit=True):
        if commit and self.instance.pk:
            # Nothing else is written back: the count follows the decisions made meanwhile.
            self.instance.save(
                update_fields=["policy", "closes_at", "closes_after_days"]
            )
            return self.instance
        return super().save(commit)


class ThreadFormSet(forms.BaseInlineFormSet):
    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if form.is_bound and form.instance.pk is None:
            # A decision on a comment may have made the row since the form was opened.
            made = Thread.objects.filter(article=self.instance).first()
            form.instance = made or form.instance
        return form


class ThreadInline(admin.StackedInline):
    """The conversation under an article; its row is made when an editor first says something about it."""

    model = Thread
    form = ThreadForm
    formset = ThreadFormSet
    fields = ["policy", "closes_at", "closes_after_days", "shown", "waiting"]
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField}}
    readonly_fields = ["shown", "shown_with_link", "waiting"]
    verbose_name = verbose_name_plural = "Conversation"
    max_num = 1
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return obj is not None and self.has_change_permission(request, obj)

    def get_fields(self, request, obj=None):
        if _may_see_comments(request):
            return [
                "policy",
                "closes_at",
                "closes_after_days",
                "shown_with_link",
                "waiting",
            ]
        return self.fields

    @admin.display(description="Shown to readers")
    def shown(self, thread):
        return thread.shown_count

    @admin.display(description="Shown to readers")
    def shown_with_link(self, thread):
        if thread.article_id is None:
            return 0
        return _comments_link(thread.article, thread.shown_count)

    @admin.display(description="Waiting")
    def waiting(self, thread):
        if thread.article_id is None:
            return 0
        return thread.article.comments.waiting().count()


class DeskArticleAdmin(ArticleAdmin):
    """The article with its conversation beside it."""

    list_select_related = [*ArticleAdmin.list_select_related, "thread"]
    inlines = [ThreadInline]

    def get_inlines(self, request, obj):
        # Before the article is there, nobody can talk about it.
        return self.inlines if obj is not None else []

    def get_list_display(self, request):
        linked = _may_see_comments(request)
        return [
            *super().get_list_display(request),
            "comments_with_link" if linked else "comments_shown",
        ]

    @admin.display(description="comments", ordering="thread__shown_count")
    def comments_shown(self, article):
        try:
            return article.thread.shown_count
        except ObjectDoesNotExist:
            return 0

    @admin.display(description="comments", ordering="thread__shown_count")
    def comments_with_link(self, article):
        return _comments_link(article, self.comments_shown(article))


def _may_see_comments(request):
    return request.user.has_perm("comments.view_comment")


def _comments_link(article, count):
    address = reverse("admin:comments_comment_changelist")
    query = urlencode({"status": "all", "article__id__exact": article.pk})
    return format_html('<a href="{}?{}">{}</a>', address, query, count)


admin.site.unregister(Article)
admin.site.register(Article, DeskArticleAdmin)
