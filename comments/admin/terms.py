"""The word lists of the screening."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from articles.core.admin.changelist import LongList, LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.append_only import name_of
from articles.core.text.normalisation import fold
from articles.core.text.word_list import word_list
from articles.models import TransitionError
from comments.admin import columns
from comments.admin.dry_run import BacktestedForm, newest_hits
from comments.admin.filters import DateFilter
from comments.forms.fields import TextField
from comments.models import RuleSetting, Term
from comments.models.term import LONGEST_TERM
from comments.screening.backtest import (
    OF_TERMS,
    as_set,
    count_recent_findings,
    past_with_terms,
    run_trial,
)
from comments.screening.rules import RULES
from comments.screening.terms import problem_with

LONGEST_FOLDED = 4 * LONGEST_TERM
# At most this many lines in one form, and this many problems in its errors.
MOST_LINES = 200
MOST_PROBLEMS = 20
# Up to this many new terms are named in the message.
TERMS_NAMED = 5

ALREADY = {
    Term.Kind.BANNED: _("The word is already banned. Choose the other list."),
    Term.Kind.SUSPECT: _("The word is already suspect. Choose the other list."),
}
MOVED = {
    Term.Kind.BANNED: _("“%(word)s” is now banned."),
    Term.Kind.SUSPECT: _("“%(word)s” is now suspect."),
}
MOVED_BY_OTHERS = {
    Term.Kind.BANNED: _(
        "Another moderator has moved “%(word)s”: it is now banned. Check it again before you change it."
    ),
    Term.Kind.SUSPECT: _(
        "Another moderator has moved “%(word)s”: it is now suspect. Check it again before you change it."
    ),
}
LISTED_ALREADY = {
    Term.Kind.BANNED: _(
        "“%(word)s”, which is the same to the screening, is already banned, added by %(name)s. Remove this line; you can change the list there."
    ),
    Term.Kind.SUSPECT: _(
        "“%(word)s”, which is the same to the screening, is already suspect, added by %(name)s. Remove this line; you can change the list there."
    ),
}
ADDED = {
    Term.Kind.BANNED: ngettext_lazy(
        "This word is banned from now on: %(words)s.",
        "These words are banned from now on: %(words)s.",
        "number",
    ),
    Term.Kind.SUSPECT: ngettext_lazy(
        "This word is suspect from now on: %(words)s.",
        "These words are suspect from now on: %(words)s.",
        "number",
    ),
}
ADDED_MANY = {
    Term.Kind.BANNED: ngettext_lazy(
        "%(number)d word is banned from now on.",
        "%(number)d words are banned from now on.",
        "number",
    ),
    Term.Kind.SUSPECT: ngettext_lazy(
        "%(number)d word is suspect from now on.",
        "%(number)d words are suspect from now on.",
        "number",
    ),
}

RULE_OF = {
    kind: next(rule for rule in RULES if rule.name == name)
    for name, (_field, kind) in OF_TERMS.items()
}


class TermsForm(BacktestedForm):
    texts = TextField(
        label=_("Words"),
        max_length=MOST_LINES * LONGEST_TERM,
        error_messages={"required": _("Enter at least one word, one per line.")},
        help_text=_(
            "One word or phrase per line, each of at most five words. Whole words are found, "
            "regardless of case, accents and look-alike letters: “casino” also finds “C4sínо”, "
            "but not “casinos”."
        ),
        widget=forms.Textarea({"rows": 6, "dir": "auto"}),
    )
    kind = forms.ChoiceField(
        label=_("Word list"),
        choices=Term.Kind,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether the words are banned or suspect."),
            "invalid_choice": _("Choose one of the two lists."),
        },
    )

    @property
    def asked(self):
        return [self.cleaned_data["texts"], self.cleaned_data["kind"]]

    def clean_texts(self):
        lines = self.cleaned_data["texts"].splitlines()
        texts = {
            number: " ".join(line.split())
            for number, line in enumerate(lines, 1)
            if line.strip()
        }
        if len(texts) > MOST_LINES:
            raise forms.ValidationError(
                ngettext(
                    "There are %(number)s lines; you can add at most %(most)d line at a time.",
                    "There are %(number)s lines; you can add at most %(most)d lines at a time.",
                    MOST_LINES,
                )
                % {"number": columns.in_digits(len(texts)), "most": MOST_LINES}
            )
        if problems := list(_problems(texts)):
            raise forms.ValidationError(_some_of(problems))
        return list(texts.values())


class KindForm(BacktestedForm):
    """Move a term to another list; `seen` is the list that was on the screen."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("Word list"),
        choices=Term.Kind,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether the word is banned or suspect."),
            "invalid_choice": _("Choose one of the two lists."),
        },
    )

    def __init__(self, *args, term, **kwargs):
        super().__init__(*args, initial={"kind": term.kind}, **kwargs)
        self.term = term

    @property
    def asked(self):
        return [self.term.pk, self.term.kind, self.cleaned_data["kind"]]

    @property
    def is_stale(self):
        return self.cleaned_data["seen"] != self.term.kind

    def clean_kind(self):
        kind = self.cleaned_data["kind"]
        if kind == self.term.kind:
            raise forms.ValidationError(ALREADY[kind])
        return kind


class TermList(LongList):
    """Adds `lately`, the recent hits of each term, and `may_add` to the changelist."""

    def get_results(self, request):
        super().get_results(request)
        self.may_add = self.model_admin.has_add_permission(request)
        self.result_list = list(self.result_list)
        found = count_recent_findings(terms=[term.folded for term in self.result_list])
        for term in self.result_list:
            term.lately = found.of_term(term.folded)


@admin.register(Term)
class TermAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    """A term is added or moved only after a backtest was shown."""

    list_display = ["word", "kind", "found", "who", "added"]
    list_filter = ["kind", ("at", DateFilter)]
    sortable_by = []
    search_fields = ["text", "by_name"]
    search_help_text = _("Word or moderator")

    class Media:
        css = {"all": ["desk/moderation.css", "desk/dry_run.css"]}

    # Permissions. Backtests show comments of readers, so they are for moderators only.

    def has_moderate_permission(self, request):
        return request.user.has_perm("comments.moderate_comment")

    def has_view_permission(self, request, obj=None):
        return self.has_moderate_permission(request) or request.user.has_perm(
            "comments.view_term"
        )

    def has_add_permission(self, request):
        return super().has_add_permission(request) and self.has_moderate_permission(
            request
        )

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(
            request, obj
        ) and self.has_moderate_permission(request)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(
            request, obj
        ) and self.has_moderate_permission(request)

    # The list

    def get_changelist(self, request, **kwargs):
        return TermList

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"title": _("Word lists"), **(extra_context or {})}
        )

    def get_search_results(self, request, queryset, search_term):
        """Also find the term that is the same word as the one searched for."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if folded := fold(search_term):
            found |= queryset.filter(Q(folded__contains=folded))
        return found, may_repeat

    @admin.display(description=_("Word"), ordering="folded")
    def word(self, term):
        return columns.name(term.text)

    @admin.display(description=_("Found recently"))
    def found(self, term):
        lately = term.lately
        if not lately.times:
            return "—"
        return ngettext(
            "in %(number)s comment, %(approved)s approved",
            "in %(number)s comments, %(approved)s approved",
            lately.times,
        ) % {
            "number": columns.in_digits(lately.times),
            "approved": columns.in_digits(lately.approved),
        }

    @admin.display(description=_("Added by"))
    def who(self, term):
        return columns.name(term.by_name)

    @admin.display(description=_("Added"))
    def added(self, term):
        return columns.time_with_title(term.at, columns.ago(term.at))

    # New terms

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._add_page(request, TermsForm())
        form = TermsForm(request.POST)
        if not form.is_valid():
            return self._add_page(request, form, status=422)
        if "_store" in request.POST and form.was_backtested:
            return self._add(request, form)
        return self._add_page(request, form, **_trial_of(form.cleaned_data))

    def _add(self, request, form):
        texts, kind = form.cleaned_data["texts"], form.cleaned_data["kind"]
        try:
            with transaction.atomic():
                terms = Term.objects.put_on_the_list(
                    texts, kind=kind, by_name=name_of(request.user)
                )
                LogEntry.objects.log_actions(
                    request.user.pk, terms, ADDITION, f"Added as {kind}."
                )
        except IntegrityError:
            # Another moderator has just added one of them. The form says who, and which.
            return self._add_page(request, TermsForm(request.POST), status=422)
        self.message_user(request, _added(texts, kind), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:comments_term_changelist"))

    def _add_page(self, request, form, *, status=200, **found):
        context = {"title": _("Add words"), "form": form, **found}
        return self._page(request, "add", context, status=status)

    # One term

    def change_view(self, request, object_id, form_url="", extra_context=None):
        term = self.get_object(request, unquote(object_id))
        if not self.has_view_or_change_permission(request, term):
            raise PermissionDenied
        if term is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self._term_page(request, term, KindForm(term=term))
        if not self.has_change_permission(request, term):
            raise PermissionDenied
        return self._move(request, term, KindForm(request.POST, term=term))

    def _move(self, request, term, form):
        if not form.is_valid():
            return self._term_page(request, term, form, status=422)
        kind = form.cleaned_data["kind"]
        if form.is_stale:
            return self._conflict(request, term, kind)
        if "_store" not in request.POST or not form.was_backtested:
            found = _trial_of({"texts": [term.text], "kind": kind})
            return self._term_page(request, term, form, **found)
        try:
            term.move_to(kind, seen=term.kind)
        except TransitionError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.log_change(request, term, f"Now {kind}.")
            self.message_user(
                request, MOVED[kind] % {"word": term.text}, messages.SUCCESS
            )
        return HttpResponseRedirect(reverse("admin:comments_term_changelist"))

    def _conflict(self, request, term, kind):
        """Another moderator has moved the term: show the backtest against its current list."""
        self.message_user(
            request,
            MOVED_BY_OTHERS[term.kind] % {"word": term.text},
            messages.ERROR,
        )
        form, found = KindForm(term=term), {}
        if kind != term.kind:
            form = KindForm({"kind": kind, "seen": term.kind}, term=term)
            form.full_clean()
            found = _trial_of({"texts": [term.text], "kind": kind})
        return self._term_page(request, term, form, status=409, **found)

    def _term_page(self, request, term, form, *, status=200, **found):
        context = {
            "title": _("Word"),
            "term": term,
            "form": form,
            "may_change": self.has_change_permission(request, term),
            "may_delete": self.has_delete_permission(request, term),
            "neighbours": self.neighbours(request, term),
            **found,
        }
        return self._page(request, "change", context, status=status)

    def _page(self, request, name, context, *, status):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            **context,
        }
        return TemplateResponse(
            request, f"admin/comments/term/{name}.html", context, status=status
        )


def _trial_of(asked):
    """The backtest of these words, all together and each alone."""
    rule = RULE_OF[asked["kind"]]
    folded = {fold(text): text for text in asked["texts"]}
    past = past_with_terms(rule, folded)
    found = run_trial(rule, as_set(RuleSetting.objects.of(rule.name)), past)
    by_term = found.approvals_by_term(folded)
    return {
        "trial": found,
        "hits": newest_hits(found.hits),
        "each": [(folded[term], *numbers) for term, numbers in by_term.items()],
    }


def _problems(texts):
    """The problems of these lines, each with the number of its line."""
    listed_already = {
        term.folded: term for term in Term.objects.same_as(texts.values())
    }
    before = {}
    for number, text in texts.items():
        folded = fold(text)
        if problem := _problem_with(text, folded, listed_already, before):
            yield _("Line %(number)d, “%(line)s”: %(problem)s") % {
                "number": number,
                "line": text[:LONGEST_TERM],
                "problem": problem,
            }
        before.setdefault(folded, number)


def _problem_with(text, folded, listed_already, before):
    if problem := problem_with(text):
        return problem
    if len(text) > LONGEST_TERM or len(folded) > LONGEST_FOLDED:
        return ngettext(
            "It is longer than %(most)d character. Shorten it.",
            "It is longer than %(most)d characters. Shorten it.",
            LONGEST_TERM,
        ) % {"most": LONGEST_TERM}
    if folded in before:
        return _(
            "To the screening it is the same as line %(number)d. Remove one of them."
        ) % {"number": before[folded]}
    if term := listed_already.get(folded):
        return LISTED_ALREADY[term.kind] % {
            "word": term.text,
            "name": term.by_name or _("an unknown account"),
        }
    return None


def _some_of(problems):
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    rest = ngettext(
        "%(number)d more line needs to be corrected.",
        "%(number)d more lines need to be corrected.",
        more,
    )
    return [*problems[:MOST_PROBLEMS], rest % {"number": more}]


def _added(texts, kind):
    number = len(texts)
    if number > TERMS_NAMED:
        return ADDED_MANY[kind] % {"number": number}
    words = word_list(_("“%(word)s”") % {"word": text} for text in texts)
    return ADDED[kind] % {"number": number, "words": words}
