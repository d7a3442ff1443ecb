"""Proposed changes at the desk: writers send them, editors accept or decline them."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils.timezone import is_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.admin.article.form import ArticleForm, typed_as
from articles.admin.article.history import pictures_at_the_head
from articles.content.diff import compare_snapshots
from articles.content.part_names import PART_NAMES
from articles.content.snapshots import LEAD, byline_of
from articles.core.text.word_list import word_list
from articles.models import TransitionError
from articles.publishing.actions import EditConflict
from articles.publishing.proposals import (
    decline,
    preview_merge,
    propose,
    take_back,
    take_over,
)

# How many proposals of an article are listed, the newest first.
PROPOSALS_SHOWN = 20


class ProposalForm(ArticleForm):
    """The parts of an article that a writer may propose to change."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=ArticleForm.base_fields["note"].max_length,
        required=False,
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "dir": "auto"}),
        help_text=_("For the editors: what is wrong now, or your source."),
    )

    class Meta(ArticleForm.Meta):
        fields = ["title", "standfirst", *LEAD[1:], "body", "slug", "language"]

    def __init__(self, *args, waiting=None, **kwargs):
        super().__init__(*args, **kwargs)
        # A slug is a promise to readers, so only editors change it.
        del self.fields["slug"], self.fields["language"]
        if waiting is not None:
            revision = waiting.revision
            self.initial |= typed_as(revision.content) | {"note": revision.note}
            self.initial["seen"] = revision.began_from_id or ""

    field_order = ["title", "standfirst", *LEAD, "body", "signed_by", "tags", "note"]

    def parts(self):
        """The typed values as parts of a snapshot. New people are created."""
        return {
            **{
                name: self.cleaned_data[name]
                for name in ["title", "standfirst", "body"]
            },
            "lead_image": self._lead(),
            "byline": byline_of(self._credits()),
            "tags": self.cleaned_data["tags"],
        }


class AnswerForm(forms.Form):
    # When the proposal on the screen was last changed.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    answer = forms.CharField(
        required=False,
        label=_("Reason for declining"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=5000,
        help_text=_("Mailed to the writer and shown with the proposal."),
        error_messages={"required": _("Say why you decline it.")},
    )

    def put_seen(self, moment):
        """Treat the proposal as it is now as the one on the screen."""
        self.data = self.data.dict() | {"seen": moment.isoformat()}

    def require_answer(self):
        self.fields["answer"].required = True

    def moment_seen(self):
        """When the proposal on the screen was last changed; None if the form did not say."""
        try:
            moment = datetime.fromisoformat(self.data.get("seen", ""))
        except ValueError:
            return None
        return moment if is_aware(moment) else None


class ProposalsMixin:
    """For the admin of articles. Needs HistoryMixin, whose page frame it uses."""

    def get_urls(self):
        pages = [
            ("propose/", self.propose_view, "propose"),
            ("proposals/<int:key>/", self.proposal_view, "proposal"),
        ]
        return [
            path(
                f"<path:object_id>/{route}",
                self.admin_site.admin_view(view),
                name=f"articles_article_{name}",
            )
            for route, view, name in pages
        ] + super().get_urls()

    def propose_view(self, request, object_id):
        """The form for users who may only propose changes to the article."""
        article = self.article_to_look_at(request, object_id)
        if not article.open_to_proposals_of(request.user):
            return self._refuse_proposal(request, article)
        waiting = article.proposals.open().of(request.user).first()
        form = ProposalForm(
            request.POST if request.method == "POST" else None,
            instance=article,
            waiting=waiting,
        )
        form.may_make_tags = request.user.has_perm("articles.add_tag")
        if form.is_valid() and self._send_proposal(request, object_id, form):
            return HttpResponseRedirect(self._form_url(request, article.pk))
        return self.article_page(
            request,
            article,
            "propose",
            {
                "title": gettext("Propose changes to “%(article)s”")
                % {"article": article},
                "form": form,
                "waiting": waiting,
                "media": self.media + form.media,
            },
            status=422 if form.errors else 200,
        )

    def _refuse_proposal(self, request, article):
        """Refuse the proposal. If the article came back to its writer, show the typed text."""
        if request.method == "POST" and article.is_by(request.user):
            return self._not_saved(request, article)
        raise PermissionDenied

    def _send_proposal(self, request, object_id, form):
        # Not the form's own instance: validation has already changed that one.
        article = self.get_object(request, unquote(object_id))
        try:
            propose(
                article,
                form.parts(),
                by=request.user,
                note=form.cleaned_data["note"],
                began_from=form.cleaned_data["seen"],
            )
        except TransitionError as error:
            form.add_error(None, str(error))
            return False
        self.message_user(
            request,
            gettext(
                "Your proposal was sent to the editors. You can change or withdraw it until they answer."
            ),
            messages.SUCCESS,
        )
        return True

    def proposal_view(self, request, object_id, key):
        """The proposal beside the desk's version; a POST accepts, declines or takes it back."""
        article = self.article_to_look_at(request, object_id)
        proposal = article.proposals.select_related("revision").filter(pk=key).first()
        if proposal is None:
            raise Http404(gettext("This article has no such proposal."))
        own = proposal.by_id == request.user.pk
        may_answer = self.has_change_permission(request, article)
        if not (own or may_answer):
            raise PermissionDenied
        form, status = AnswerForm(initial={"seen": proposal.at.isoformat()}), 200
        if request.method == "POST":
            form = AnswerForm(request.POST)
            if self._answer(request, article, proposal, form, own, may_answer):
                return HttpResponseRedirect(self._form_url(request, article.pk))
            status = 422 if "answer" in form.errors else 409
            proposal.refresh_from_db()
            form.put_seen(proposal.at)
        working = article.working_copy
        now, (then, conflicts) = article.working_content(), preview_merge(proposal)
        found = compare_snapshots(now, then)
        return self.article_page(
            request,
            article,
            "proposal",
            {
                "title": gettext("Proposed changes to “%(article)s”")
                % {"article": article},
                "proposal": proposal,
                "old": working or "live",
                "new": proposal.revision,
                "live_in_words": gettext("The article"),
                "parts": [(PART_NAMES[part.name].label, part) for part in found.parts],
                "unknown": [PART_NAMES[part].label for part in found.unknown],
                "pictures": pictures_at_the_head(now, then),
                "conflicts": word_list(PART_NAMES[part].label for part in conflicts)
                if proposal.is_open
                else "",
                "form": form,
                "own": own,
                "may_answer": may_answer,
            },
            status=status,
        )

    def _answer(self, request, article, proposal, form, own, may_answer):
        """Do what the button says to the proposal on the screen. Returns whether it was done."""
        if seen := form.moment_seen():
            proposal.at = seen
        if "_take_back" in request.POST and own:
            return self._try_answer(
                request,
                lambda: take_back(proposal, by=request.user),
                gettext("The proposal is withdrawn."),
            )
        if "_take_over" in request.POST and may_answer:
            return self._accept(request, article, proposal)
        if "_decline" in request.POST and may_answer:
            form.require_answer()
            return form.is_valid() and self._try_answer(
                request,
                lambda: decline(
                    proposal, answer=form.cleaned_data["answer"], by=request.user
                ),
                gettext("The proposal is declined, and %(name)s is told why.")
                % {"name": proposal.who},
            )
        raise PermissionDenied

    def _accept(self, request, article, proposal):
        done = (
            gettext(
                "The changes are in the working copy. Readers see them when you publish the changes."
            )
            if article.keeps_changes_apart
            else gettext("The changes are in the working copy.")
        )
        try:
            return self._try_answer(
                request, lambda: take_over(proposal, by=request.user), done
            )
        except EditConflict as conflict:
            names = word_list(PART_NAMES[part].label for part in conflict.parts)
            self.message_user(
                request,
                gettext(
                    "%(name)s has saved “%(article)s” since this was proposed and changed the same parts: %(parts)s. "
                    "Nothing was accepted. Copy what you need from here into the form, then decline the rest."
                )
                % {"name": conflict.newest.who, "article": article, "parts": names},
                messages.ERROR,
            )
            return False

    def _try_answer(self, request, answer, done):
        if self._try(request, answer):
            self.message_user(request, done, messages.SUCCESS)
            return True
        return False

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        if obj is not None:
            shown = obj.proposals.for_listing()
            if not self.has_change_permission(request, obj):
                shown = shown.of(request.user)
            context |= {
                "proposals": shown[:PROPOSALS_SHOWN],
                "may_propose": obj.open_to_proposals_of(request.user),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)
