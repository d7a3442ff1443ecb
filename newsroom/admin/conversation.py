"""The article with its conversation: the admin screen that joins both apps."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from articles.admin import ArticleAdmin
from articles.admin.article.fields import MomentField
from articles.core.admin.stale_forms import (
    OnScreenField,
    as_seen,
    keep_changes_of_others,
)
from articles.core.moments import moment_in_words
from articles.models import Article
from comments.models import Thread
from newsroom.admin.saved_filters import SavedFiltersMixin

# A larger number of days would pass the last date that Python knows.
MOST_DAYS = 9999


# The settings of a conversation, each with the hidden field that says what was on the screen.
SEEN_FIELDS = {
    "policy": "policy_seen",
    "closes_after_days": "closes_after_days_seen",
    "closes_at": "closes_at_seen",
}


class ThreadForm(forms.ModelForm):
    policy_seen = OnScreenField()
    closes_after_days_seen = OnScreenField()
    closes_at_seen = OnScreenField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, seen in SEEN_FIELDS.items():
            self.initial[seen] = as_seen(getattr(self.instance, name))
        # Users who may only read get a form without fields.
        if self.fields.keys() >= {"policy", "closes_after_days", "closes_at"}:
            self._explain(**self.fields)

    def _explain(self, policy, closes_after_days, closes_at, **others):
        """Describe each field, and the default that an empty one means."""
        policy.label = _("New comments")
        policy.choices = [
            ("", _("Site default: %(policy)s") % {"policy": _of_the_site()}),
            *_in_a_word(),
        ]
        policy.help_text = " ".join(f"{label}." for label in Thread.Policy.labels)
        closes_after_days.label = _("Closes after (days)")
        closes_after_days.validators.append(MaxValueValidator(MOST_DAYS))
        closes_after_days.help_text = _(
            "Days after publication; 0 for never. Empty for the site default: %(days)s."
        ) % {"days": _days_of_the_site()}
        closes_at.help_text = _("An exact time, which overrides the number of days.")

    def clean(self):
        super().clean()
        keep_changes_of_others(
            self, {name: self.add_prefix(seen) for name, seen in SEEN_FIELDS.items()}
        )

    # Set by the admin: the user who saves.
    by = None

    def save(self, commit=True):
        if not commit:
            return super().save(commit)
        policy = self.instance.policy
        if self.instance.pk:
            # Nothing else is written: decisions may have changed the counts meanwhile.
            self.instance.save(update_fields=["closes_at", "closes_after_days"])
        else:
            self.instance.policy = ""
            super().save(commit)
        self.instance.set_policy(policy, by=self.by)
        return self.instance


class ThreadFormSet(forms.BaseInlineFormSet):
    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        # The article at hand, which need not be read again.
        form.instance.article = self.instance
        if form.is_bound and form.instance.pk is None:
            # A decision on a comment may have created the row since the form was opened.
            made = Thread.objects.filter(article=self.instance).first()
            form.instance = made or form.instance
        return form


class ThreadInline(admin.StackedInline):
    """The conversation under an article; its row is created when an editor first changes it."""

    model = Thread
    form = ThreadForm
    formset = ThreadFormSet
    formfield_overrides = {models.DateTimeField: {"form_class": MomentField}}
    readonly_fields = ["standing", "shown", "shown_with_link", "waiting"]
    verbose_name = verbose_name_plural = _("Conversation")
    max_num = 1
    can_delete = False

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.by = request.user
        return formset

    def has_add_permission(self, request, obj=None):
        return obj is not None and self.has_change_permission(request, obj)

    def get_fields(self, request, obj=None):
        linked = _may_see_comments(request)
        counts = ["shown_with_link" if linked else "shown", "waiting"]
        if not self.has_change_permission(request, obj):
            return ["standing", *counts]
        return ["standing", *SEEN_FIELDS, *SEEN_FIELDS.values(), *counts]

    @admin.display(description=pgettext_lazy("state of a conversation", "Now"))
    def standing(self, thread):
        return policy_in_words(thread)

    @admin.display(description=_("Shown to readers"))
    def shown(self, thread):
        return thread.shown_count

    @admin.display(description=_("Shown to readers"))
    def shown_with_link(self, thread):
        if thread.article_id is None:
            return 0
        return _comments_link(thread.article, thread.shown_count)

    @admin.display(description=pgettext_lazy("comments", "Waiting"))
    def waiting(self, thread):
        if thread.article_id is None:
            return 0
        return thread.article.comments.waiting().count()


class DeskArticleAdmin(SavedFiltersMixin, ArticleAdmin):
    """The admin of articles, with the conversation of each."""

    list_select_related = [*ArticleAdmin.list_select_related, "thread"]
    inlines = [ThreadInline]

    def get_inlines(self, request, obj):
        # An article that is not saved yet has no conversation.
        return self.inlines if obj is not None else []

    def get_list_display(self, request):
        linked = _may_see_comments(request)
        return [
            *super().get_list_display(request),
            "comments_with_link" if linked else "comments_shown",
        ]

    @admin.display(description=_("comments"), ordering="thread__shown_count")
    def comments_shown(self, article):
        try:
            return article.thread.shown_count
        except ObjectDoesNotExist:
            return 0

    @admin.display(description=_("comments"), ordering="thread__shown_count")
    def comments_with_link(self, article):
        return _comments_link(article, self.comments_shown(article))


def policy_in_words(thread):
    """The current policy of the conversation, and until when it holds."""
    closing_time = thread.closing_time
    at = closing_time and moment_in_words(closing_time)
    if thread.rule == Thread.Policy.CLOSED:
        return _("Closed: no new comments.")
    if thread.is_closed:
        return _("Closed since %(time)s: no new comments.") % {"time": at}
    taken = (
        _("Held: every comment waits for a moderator.")
        if thread.is_held
        else _("Open: new comments are accepted.")
    )
    if at:
        return taken + " " + _("Closes on %(time)s.") % {"time": at}
    if thread.closes_in_days:
        return taken + " " + _closes_after(thread.closes_in_days)
    return taken + " " + _("Does not close automatically.")


def _in_a_word():
    """The policies in words that fit on a phone."""
    return [
        (Thread.Policy.OPEN, pgettext("conversation", "Open")),
        (Thread.Policy.HELD, pgettext("conversation", "Held")),
        (Thread.Policy.CLOSED, pgettext("conversation", "Closed")),
    ]


def _of_the_site():
    return dict(_in_a_word())[settings.COMMENT_POLICY]


def _days_of_the_site():
    days = settings.COMMENTS_CLOSE_AFTER_DAYS
    if not days:
        return _("never")
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}


def _closes_after(days):
    return ngettext(
        "Closes %(number)d day after publication.",
        "Closes %(number)d days after publication.",
        days,
    ) % {"number": days}


def _may_see_comments(request):
    return request.user.has_perm("comments.view_comment")


def _comments_link(article, count):
    address = reverse("admin:comments_comment_changelist")
    query = urlencode({"status": "all", "article__id__exact": article.pk})
    return format_html('<a href="{}?{}">{}</a>', address, query, count)


admin.site.unregister(Article)
admin.site.register(Article, DeskArticleAdmin)
