"""The screening rules at the desk: what each finds, how often moderators agreed, its settings."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from articles.core.append_only import name_of
from articles.models import TransitionError
from comments.admin import columns
from comments.admin.dry_run import BacktestedForm, newest_hits
from comments.admin.rule_names import description_of_rule, name_of_rule
from comments.models import RuleSetting, Weight
from comments.screening.backtest import (
    MOST_TRIED,
    as_set,
    count_recent_findings,
    in_force,
    past_comments_for,
    run_trial,
)
from comments.screening.rules import FAILED, RULES


@dataclass(frozen=True)
class Measure:
    """The name of a rule's limit and its range."""

    help_text: str
    most: float
    least: float = 0
    is_whole: bool = True


# The screening counts no further than the maximum; see comments.screening.past.
MEASURES = {
    "links": Measure(
        _("Comments with up to this many different links are left alone."), 100
    ),
    "similar_text": Measure(
        _(
            "From this similarity on: 1 means identical, 0.6 means more than half the words."
        ),
        most=1,
        least=0.1,
        is_whole=False,
    ),
    "flood": Measure(
        _("From this many other comments within the ten minutes before."), 20, least=1
    ),
    "recent_rejections": Measure(
        _("Up to this many rejected comments are ignored."), 19
    ),
    "heated_thread": Measure(
        _("Up to this many comments within an hour are ignored."), 499
    ),
    "quick_post": Measure(
        _("Sooner than this many seconds after the page was opened."),
        600,
        is_whole=False,
    ),
}
ANY_MEASURE = Measure("", 1_000_000, is_whole=False)


class RuleForm(BacktestedForm):
    """The settings of a rule. Empty means the default; `seen` is what was on the screen."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    limit = forms.FloatField(label=_("Limit"), required=False)
    weight = forms.TypedChoiceField(
        label=_("What it does"),
        required=False,
        coerce=lambda value: Weight(int(value)),
        empty_value=None,
        error_messages={"invalid_choice": _("Choose an option from the list.")},
    )

    def __init__(self, *args, rule, row, **kwargs):
        super().__init__(
            *args, initial={"limit": _plain(row.limit), "weight": row.weight}, **kwargs
        )
        self.rule, self.row = rule, row
        default = _("Default: %(effect)s") % {"effect": rule.weight.label}
        self.fields["weight"].choices = [("", default), *Weight.choices]
        self._measure()

    def _measure(self):
        if self.rule.limit is None:
            del self.fields["limit"]
            return
        measure = MEASURES.get(self.rule.name, ANY_MEASURE)
        field = self.fields["limit"]
        default = _("Leave it empty for the default, %(limit)s.") % {
            "limit": _in_digits(self.rule.limit)
        }
        field.help_text = f"{measure.help_text} {default}".strip()
        field.widget.attrs["step"] = 1 if measure.is_whole else "any"

    @property
    def setting(self):
        return as_set(
            RuleSetting(
                limit=self.cleaned_data.get("limit"), weight=self.cleaned_data["weight"]
            )
        )

    @property
    def now(self):
        return as_set(self.row)

    @property
    def state(self):
        """The current settings, as a text that the page sends back."""
        return f"{self.row.limit}/{self.row.weight}"

    @property
    def asked(self):
        limit, weight = self.cleaned_data.get("limit"), self.cleaned_data["weight"]
        return [self.rule.name, self.state, limit, weight]

    @property
    def is_stale(self):
        return self.cleaned_data["seen"] != self.state

    def clean_limit(self):
        limit = self.cleaned_data["limit"]
        measure = MEASURES.get(self.rule.name, ANY_MEASURE)
        if limit is None:
            return None
        if not measure.least <= limit <= measure.most:
            raise forms.ValidationError(
                _("Enter a number from %(least)s to %(most)s, or leave it empty.")
                % {
                    "least": _in_digits(measure.least),
                    "most": _in_digits(measure.most),
                }
            )
        if measure.is_whole and limit != int(limit):
            raise forms.ValidationError(_("Enter a whole number, or leave it empty."))
        return limit

    def clean(self):
        if not self.errors and not self.is_stale and self.setting == self.now:
            raise forms.ValidationError(
                _(
                    "The rule already has these settings. Change the limit or what the rule does."
                )
            )


@admin.register(RuleSetting)
class RuleSettingAdmin(admin.ModelAdmin):
    """A page with all rules, and a page for each rule that moderators may change."""

    class Media:
        css = {
            "all": ["desk/desk.css", "desk/moderation.css", "desk/dry_run.css"],
        }

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("comments.moderate_comment")

    def has_change_permission(self, request, obj=None):
        return self.has_view_permission(request) and super().has_change_permission(
            request, obj
        )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path(
                "", wrap(self.changelist_view), name="comments_rulesetting_changelist"
            ),
            path(
                "<str:name>/change/",
                wrap(self.change_view),
                name="comments_rulesetting_change",
            ),
        ]

    def get_model_perms(self, request):
        # Hidden from the index: the list of comments and the word lists link here.
        return {}

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        lately = count_recent_findings()
        rows = {row.rule: row for row in RuleSetting.objects.all()}
        context = {
            "title": _("Rules"),
            "lines": [_line(rule, rows.get(rule.name), lately) for rule in RULES],
            "failed": lately.of_rule(FAILED),
            "lately": lately,
            "most": columns.in_digits(MOST_TRIED),
            "may_change": self.has_change_permission(request),
        }
        return self._page(request, "page", context)

    def change_view(self, request, name):
        if not self.has_view_permission(request):
            raise PermissionDenied
        rule = _settable(name)
        row = RuleSetting.objects.of(rule.name)
        if request.method != "POST":
            return self._rule_page(request, RuleForm(rule=rule, row=row))
        if not self.has_change_permission(request):
            raise PermissionDenied
        return self._set(request, RuleForm(_sent(request.POST), rule=rule, row=row))

    def _set(self, request, form):
        if not form.is_valid():
            return self._rule_page(request, form, status=422)
        if form.is_stale:
            return self._conflict(request, form)
        if "_store" not in request.POST or not form.was_backtested:
            return self._rule_page(request, form, **_trials(form))
        try:
            row = RuleSetting.objects.change(
                form.rule.name,
                limit=form.setting.limit,
                weight=form.setting.weight,
                by_name=name_of(request.user),
                seen=form.now,
            )
        except TransitionError:
            row = RuleSetting.objects.of(form.rule.name)
            again = RuleForm(request.POST, rule=form.rule, row=row)
            again.full_clean()
            return self._conflict(request, again)
        with translation.override("en"):
            # The log is in English, whatever language the moderator reads.
            settings = _in_words(form.rule, form.setting)
            self.log_change(request, row, f"{name_of_rule(form.rule.name)}: {settings}")
        message = _("Saved. %(rule)s: %(settings)s") % {
            "rule": name_of_rule(form.rule.name),
            "settings": _in_words(form.rule, form.setting),
        }
        self.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:comments_rulesetting_changelist"))

    def _conflict(self, request, form):
        """Another moderator has changed the rule: show the backtests of both settings."""
        self.message_user(
            request,
            _(
                "%(name)s has changed this rule in the meantime. Now: %(settings)s. "
                "Check the effect again before you save."
            )
            % {
                "name": form.row.changed_by_name or _("Another moderator"),
                "settings": _in_words(form.rule, form.now),
            },
            messages.ERROR,
        )
        data = form.data.copy()
        data["seen"] = form.state
        again = RuleForm(data, rule=form.rule, row=form.row)
        found = _trials(again) if again.is_valid() else {}
        return self._rule_page(request, again, status=409, **found)

    def _rule_page(self, request, form, *, status=200, **found):
        context = {
            "title": name_of_rule(form.rule.name),
            "rule": form.rule,
            "row": form.row,
            "description": description_of_rule(form.rule.name),
            "now": _in_words(form.rule, form.now),
            "form": form,
            "may_change": self.has_change_permission(request),
            **found,
        }
        return self._page(request, "rule", context, status=status)

    def _page(self, request, name, context, *, status=200):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            **context,
        }
        return TemplateResponse(
            request, f"admin/comments/rulesetting/{name}.html", context, status=status
        )


def _settable(name):
    """The rule of this name, if moderators may change it; else 404."""
    for rule in RULES:
        if rule.name == name and not rule.is_fixed:
            return rule
    raise Http404("There is no rule of this name that can be set.")


def _sent(data):
    """The POST data; the button for the defaults empties the fields."""
    data = data.copy()
    if "_default" in data:
        data["limit"] = data["weight"] = ""
    return data


def _trials(form):
    """The backtests of the rule: with the requested settings, and with the current ones."""
    past = past_comments_for(form.rule)
    asked, now = (run_trial(form.rule, how, past) for how in (form.setting, form.now))
    return {
        "trial": asked,
        "trial_now": now,
        "past": past,
        "asked": _in_words(form.rule, form.setting),
        "hits": newest_hits(asked.hits),
        "let_go": newest_hits(now.beyond(asked)),
        "new": {hit.comment.pk for hit in asked.beyond(now)},
    }


def _line(rule, row, lately):
    limit, weight = in_force(rule, as_set(row or RuleSetting()))
    return {
        "rule": rule,
        "row": row,
        "label": name_of_rule(rule.name),
        "description": description_of_rule(rule.name),
        "limit": "" if limit is None else _in_digits(limit),
        "does": _("Set on its own page") if rule.name == "classifier" else weight.label,
        "fired": lately.of_rule(rule.name),
    }


def _in_words(rule, setting):
    limit, weight = in_force(rule, setting)
    if limit is None:
        return str(weight.label)
    return _("limit %(limit)s, %(effect)s") % {
        "limit": _in_digits(limit),
        "effect": weight.label,
    }


def _in_digits(number):
    return number_format(f"{number:g}")


def _plain(number):
    """A number as people write it: 3 for 3.0."""
    return number if number is None or number % 1 else int(number)
