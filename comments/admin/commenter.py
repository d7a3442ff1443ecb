"""Commenters at the desk: what is known of them, moderators' notes, and mutes."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.append_only import name_of
from articles.core.moments import moment_in_words
from articles.models import TransitionError
from comments.admin import columns
from comments.forms.fields import LineField, TextField, must_be_seen
from comments.models import Comment, Commenter, Mute
from comments.models.network import DAYS_KEPT
from comments.moderation.reputation import (
    MOST_COUNTED,
    records_of_people,
    waiting_of,
    why_trusted,
)

LONGEST_NOTE = 2000
LONGEST_MUTE = timedelta(days=10 * 365)
DAYS_AT_FIRST = 7
# At most this many mutes in force are listed, and notes and mutes of one person.
MOST_SHOWN = 200
# Both databases store keys as 64-bit integers.
LARGEST_KEY = 2**63 - 1


class DeskForm(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.use_required_attribute = False


class NoteForm(DeskForm):
    text = TextField(
        label=_("New note"),
        max_length=LONGEST_NOTE,
        validators=[must_be_seen],
        help_text=_("Only moderators see it."),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        error_messages={
            "required": _("Write the note first."),
            "max_length": _(
                "The note has %(show_value)d characters; the maximum is %(limit_value)d."
            ),
        },
    )


class ReasonField(LineField):
    def __init__(self):
        super().__init__(
            max_length=Mute._meta.get_field("reason").max_length,
            validators=[must_be_seen],
            label=_("Reason"),
            help_text=_("Only moderators see it."),
            widget=forms.TextInput({"dir": "auto"}),
            error_messages={
                "required": _("Give a reason for the other moderators."),
                "max_length": _(
                    "The reason has %(show_value)d characters; the maximum is %(limit_value)d."
                ),
            },
        )


class PersonMuteForm(DeskForm):
    until = forms.DateField(
        # Translators: the label of a field for the last day of a mute.
        label=_("Until the end of"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the last day of the mute."),
            "invalid": _("Enter the last day as year-month-day, as in 2030-01-31."),
        },
    )
    reason = ReasonField()

    def clean_until(self):
        """The moment at which the last day ends."""
        day = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today <= day <= today + LONGEST_MUTE:
            raise forms.ValidationError(
                _("Choose a day between today and ten years from now.")
            )
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class MuteForm(DeskForm):
    """Mute the author of a comment: the person, or everybody on the same network."""

    whom = forms.ChoiceField(
        label=_("Mute"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whom to mute."),
            "invalid_choice": _(
                "This cannot be muted, because the person or network is not known."
            ),
        },
    )
    days = forms.IntegerField(
        label=_("Days"),
        min_value=1,
        max_value=LONGEST_MUTE.days,
        initial=DAYS_AT_FIRST,
        error_messages={
            "required": _("Enter the number of days."),
            "invalid": _("Enter the number of days in digits."),
            "min_value": _("A mute lasts at least one day."),
            "max_value": ngettext_lazy(
                "A mute lasts at most %(limit_value)d day.",
                "A mute lasts at most %(limit_value)d days.",
                "limit_value",
            ),
        },
    )
    reason = ReasonField()

    def __init__(self, *args, comment, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = choices = _choices(comment)
        self.fields["whom"].initial = choices[0][0] if choices else None

    def clean(self):
        super().clean()
        days = self.cleaned_data.get("days") or 0
        if self.cleaned_data.get("whom") == "network" and days > DAYS_KEPT:
            self.add_error(
                "days",
                ngettext(
                    "A network can be muted for at most %(days)d day, because it is not recognised after that.",
                    "A network can be muted for at most %(days)d days, because it is not recognised after that.",
                    DAYS_KEPT,
                )
                % {"days": DAYS_KEPT},
            )


class NumberForm(forms.Form):
    """The key of a row, from an address or a button."""

    key = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)

    @classmethod
    def key_in(cls, text):
        form = cls({"key": text})
        return form.cleaned_data["key"] if form.is_valid() else None


@admin.register(Commenter)
class CommenterAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    list_display = ["person", "known_how", "address", "muted", "since"]
    list_display_links = ["person"]
    list_select_related = ["mailbox"]
    ordering = ["-id"]
    sortable_by = []
    search_fields = ["mailbox__address"]
    search_help_text = _("Beginning of an email address")
    actions = None

    class Media:
        css = {"all": ["desk/people.css"]}

    # Permissions. Commenters come from posting, and are deleted when they have their data erased.

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("comments.moderate_comment")

    def has_change_permission(self, request, obj=None):
        return self.has_view_permission(request)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def lookup_allowed(self, lookup, value, request):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("mute/", view(self.mute_view), name="comments_commenter_mute"),
            path("mutes/", view(self.mutes_view), name="comments_commenter_mutes"),
            *super().get_urls(),
        ]

    # The list

    def get_queryset(self, request):
        return super().get_queryset(request).with_latest_name().with_mute()

    def get_search_results(self, request, queryset, search_term):
        # From the beginning of the address, which the index serves; addresses are lower case.
        beginning = search_term.strip().lower()
        if beginning:
            queryset = queryset.filter(mailbox__address__startswith=beginning)
        return queryset, False

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"title": _("Commenters"), **(extra_context or {})}
        )

    @admin.display(description=_("Writes as"))
    def person(self, commenter):
        return columns.name(_name_of(commenter))

    @admin.display(description=_("Known by"))
    def known_how(self, commenter):
        return commenter.known_by

    @admin.display(description=_("Email address"))
    def address(self, commenter):
        return columns.name(commenter.mailbox.address) if commenter.mailbox else ""

    @admin.display(description=_("Muted"))
    def muted(self, commenter):
        until = commenter.muted_until
        if not until:
            return ""
        words = _("for another %(time)s") % {"time": columns.until(until)}
        return columns.time_with_title(until, words)

    @admin.display(description=_("Known since"))
    def since(self, commenter):
        at = commenter.created_at
        return columns.time_with_title(at, columns.ago(at))

    # The page of a person

    def change_view(self, request, object_id, form_url="", extra_context=None):
        self._check(request)
        commenter = self.get_object(request, unquote(object_id))
        if commenter is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return self._person_page(request, commenter)
        step = {
            "note": self._note,
            "delete_note": self._delete_note,
            "mute": self._mute,
        }.get(request.POST.get("step"))
        if step is None:
            why = _("Nothing was done. Press one of the buttons.")
            return self._person_page(request, commenter, why=why, status=422)
        return step(request, commenter)

    def history_view(self, request, object_id, extra_context=None):
        raise Http404

    def _note(self, request, commenter):
        form = NoteForm(request.POST)
        if not form.is_valid():
            return self._person_page(request, commenter, note_form=form, status=422)
        by = request.user
        commenter.notes.create(
            text=form.cleaned_data["text"], by=by, by_name=name_of(by)
        )
        return self._done(request, commenter, _("The note is saved."))

    def _delete_note(self, request, commenter):
        key = NumberForm.key_in(request.POST.get("note"))
        note = commenter.notes.filter(pk=key).first()
        if note is None:
            why = _("This note is already deleted.")
            return self._person_page(request, commenter, why=why, status=409)
        if not note.can_be_deleted_by(request.user):
            raise PermissionDenied
        note.delete()
        return self._done(request, commenter, _("The note is deleted."))

    def _mute(self, request, commenter):
        form = PersonMuteForm(request.POST)
        if not form.is_valid():
            return self._person_page(request, commenter, mute_form=form, status=422)
        mute = commenter.mute(by=request.user, **form.cleaned_data)
        self._say_muted(request, mute)
        return HttpResponseRedirect(_page_of(commenter))

    def _person_page(
        self, request, commenter, *, note_form=None, mute_form=None, why="", status=200
    ):
        [record] = records_of_people(Commenter.objects.filter(pk=commenter.pk)).values()
        notes = list(commenter.notes.all()[:MOST_SHOWN])
        context = {
            "title": _name_of(commenter),
            "commenter": commenter,
            "record": record,
            "waiting": waiting_of(commenter),
            "trust": why_trusted(record.commenter),
            "notes": [(note, note.can_be_deleted_by(request.user)) for note in notes],
            "mutes": list(commenter.mutes.all()[:MOST_SHOWN]),
            "note_form": note_form or NoteForm(),
            "mute_form": mute_form or PersonMuteForm(),
            "neighbours": self.neighbours(request, commenter),
            "why": why,
            "here": _page_of(commenter),
        }
        return self._page(request, "person.html", context, status)

    # Muting the author of a comment

    def mute_view(self, request):
        self._check(request)
        sent = request.POST if request.method == "POST" else request.GET
        comment = _comment_with(sent.get("comment"))
        back = _safe(sent.get("next")) or _form_of(comment)
        if request.method != "POST":
            form = MuteForm(comment=comment)
            return self._mute_page(request, comment, form, back)
        form = MuteForm(request.POST, comment=comment)
        if not form.is_valid():
            return self._mute_page(request, comment, form, back, status=422)
        try:
            mute = _mute_author(comment, by=request.user, **form.cleaned_data)
        except TransitionError as error:
            form.add_error(None, str(error))
            return self._mute_page(request, comment, form, back, status=409)
        self._say_muted(request, mute)
        return HttpResponseRedirect(back)

    def _mute_page(self, request, comment, form, back, *, status=200):
        context = {
            "title": _("Mute"),
            "comment": comment,
            "form": form,
            "back": back,
            "can_be_muted": bool(form.fields["whom"].choices),
        }
        return self._page(request, "mute.html", context, status)

    # The mutes in force

    def mutes_view(self, request):
        self._check(request)
        if request.method == "POST":
            return self._lift(request)
        return self._mutes_page(request)

    def _lift(self, request):
        key = NumberForm.key_in(request.POST.get("mute"))
        mute = Mute.objects.filter(pk=key).first()
        if mute is None:
            why = _("This mute no longer exists.")
            return self._mutes_page(request, why=why, status=409)
        try:
            mute.lift(by=request.user)
        except TransitionError as error:
            return self._mutes_page(request, why=str(error), status=409)
        said = _("The mute is ended: new comments are screened as usual.")
        self.message_user(request, said, messages.SUCCESS)
        back = _safe(request.POST.get("next"))
        return HttpResponseRedirect(back or reverse("admin:comments_commenter_mutes"))

    def _mutes_page(self, request, *, why="", status=200):
        mutes = Mute.objects.in_force().order_by("until", "id")[: MOST_SHOWN + 1]
        mutes = list(mutes)
        context = {
            "title": _("Muted"),
            "mutes": mutes[:MOST_SHOWN],
            "more": len(mutes) > MOST_SHOWN,
            "here": reverse("admin:comments_commenter_mutes"),
            "why": why,
        }
        return self._page(request, "mutes.html", context, status)

    # Shared by all pages

    def _check(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request, template, context, status):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "most_counted": MOST_COUNTED,
            **context,
        }
        template = f"admin/comments/commenter/{template}"
        return TemplateResponse(request, template, context, status=status)

    def _done(self, request, commenter, said):
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(_page_of(commenter))

    def _say_muted(self, request, mute):
        until = timezone.localtime(mute.until)
        when = columns.time_with_title(until, moment_in_words(until))
        said = format_html(
            _("The person is muted until {time}: their comments wait for a moderator.")
            if mute.commenter_id
            else _(
                "The network is muted until {time}: comments from it wait for a moderator."
            ),
            time=when,
        )
        self.message_user(request, said, messages.SUCCESS)


def _mute_author(comment, *, whom, days, reason, by):
    until = timezone.now() + timedelta(days=days)
    how = {"until": until, "reason": reason, "by": by}
    if whom == "network":
        return Mute.objects.of_network(comment, **how)
    return comment.commenter.mute(**how)


def _choices(comment):
    choices = []
    if comment.commenter:
        person = _("The person (known by: %(how)s)")
        choices.append(("person", person % {"how": comment.commenter.known_by}))
    if comment.network:
        network = ngettext(
            "Everyone on the same network, for at most %(days)d day",
            "Everyone on the same network, for at most %(days)d days",
            DAYS_KEPT,
        )
        choices.append(("network", network % {"days": DAYS_KEPT}))
    return choices


def _comment_with(key):
    key = NumberForm.key_in(key)
    comments = Comment.objects.select_related("commenter", "article")
    comment = comments.defer("article__body").filter(pk=key).first()
    if comment is None:
        raise Http404
    return comment


def _name_of(commenter):
    """The name under which they last wrote; without one, their number."""
    return commenter.name or str(commenter)


def _form_of(comment):
    return reverse("admin:comments_comment_change", args=[comment.pk])


def _page_of(commenter):
    return reverse("admin:comments_commenter_change", args=[commenter.pk])


def _safe(address):
    """The address if it is one of the desk's own pages, else an empty string."""
    address = address or ""
    is_local = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_local and address.startswith(reverse("admin:index")) else ""
