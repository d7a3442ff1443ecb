"""The form of an article."""

import re

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.admin.article.conflicts import (
    BASE_FIELD,
    asks_about_blocks,
    blocks_in_conflict,
    body_as_chosen,
    choice_of,
    conflicting_part,
)
from articles.admin.article.fields import LibraryPictureField, NamesField, in_one_line
from articles.admin.article.new_names import questions_about
from articles.admin.article.typed_names import (
    BYLINE_HELP,
    credits_written,
    names_with_roles,
    new_tags,
    tags_called,
)
from articles.admin.article.widgets import BodyEditor, TitleInput
from articles.content.part_names import PART_NAMES
from articles.content.snapshots import LEAD, PARTS, TEXTS, byline_of, lead_of, snapshot
from articles.content.typed_html import html_from_typed
from articles.core import months
from articles.core.admin.stale_forms import (
    OnScreenField,
    SeenField,
    as_seen,
    value_to_save,
)
from articles.core.slugs import says_something
from articles.core.text.word_list import word_list
from articles.models import Article, Person, Revision, Tag
from articles.publishing.actions import EditConflict
from articles.publishing.translating import slug_for

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
# Fields outside the text that hold as soon as they are saved, each with the hidden field
# that says which value was on the screen.
DATES = {"planned_for": "planned_for_seen", "embargo_until": "embargo_until_seen"}


class ArticleForm(forms.ModelForm):
    lead_image = LibraryPictureField(
        label=_("Lead image"),
        help_text=_(
            "Shown at the top of the article, on cards and in shared links. The library shows the number of each picture."
        ),
    )
    signed_by = NamesField(
        longest=260,
        of="person",
        label=_("Byline"),
        help_text=BYLINE_HELP,
    )
    tags = NamesField(
        longest=100,
        of="tag",
        label=_("Tags"),
        help_text=_("Separated by commas. The first one is shown above the headline."),
    )
    # Which revision was on the screen.
    seen = SeenField()
    planned_for_seen = OnScreenField()
    embargo_until_seen = OnScreenField()

    note = forms.CharField(
        required=False,
        label=_("What did you change?"),
        max_length=Revision._meta.get_field("note").max_length,
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "dir": "auto"}),
        help_text=_(
            "Shown in the history of the article, for your colleagues. Optional."
        ),
    )

    class Meta:
        model = Article
        fields = [
            "title",
            "standfirst",
            "lead_image",
            "lead_alt",
            "lead_caption",
            "body",
            "slug",
            "language",
            "planned_for",
            "embargo_until",
        ]
        help_texts = {
            "lead_alt": _("Only if it should differ from the library here."),
            "lead_caption": _("Only if it should differ from the library here."),
            "planned_for": _(
                "When it should be ready. Shown in the calendar; nothing is published."
            ),
        }
        error_messages = {
            "title": {
                "max_length": _(
                    "%(show_value)d characters; at most %(limit_value)d are taken."
                )
            }
        }
        widgets = {
            "title": TitleInput(
                attrs={
                    "class": "vLargeTextField title-field",
                    "placeholder": _("Headline"),
                }
            ),
            "slug": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "language": forms.TextInput(attrs={"class": "vShortField", "size": 12}),
            "standfirst": forms.Textarea(
                attrs={
                    "rows": 2,
                    "class": "vLargeTextField",
                    "placeholder": _("Standfirst: one or two sentences"),
                }
            ),
            "lead_alt": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "lead_caption": forms.Textarea(
                attrs={"rows": 2, "class": "vLargeTextField"}
            ),
            "body": BodyEditor,
        }
        labels = {
            "lead_alt": _("Alt text of the lead image"),
            "lead_caption": _("Caption of the lead image"),
        }

    # Set by the admin, from the permissions of the user.
    may_make_tags = True
    # Set by the admin: whether each new tag and author must be confirmed.
    asks_about_new_names = False
    # Set by the admin: why saving a valid form was refused a moment ago.
    refused = None
    # Set by the admin: the user's unsaved text to go on from.
    taken_over = None
    # After a conflict: the key of the revision from which both versions began.
    conflict_base = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        article = self.instance
        self.conflicts = []
        if "title" in self.fields:
            # A browser would cut a longer title without a word.
            self.fields["title"].widget.attrs.pop("maxlength", None)
        # Users who may only read get a form without fields.
        if article.pk and self.fields.keys() >= {"slug", "seen"}:
            content, copy = article.working_content(), article.working_copy
            credits = _credits_in(content)
            self.people = [person for person, _role in credits]
            self.initial |= _as_typed(content, credits)
            self.initial["seen"] = copy.pk if copy else ""
            if article.has_provisional_slug:
                self.initial["slug"] = ""
            self.dates = {name: getattr(article, name) for name in DATES}
            for name, seen in DATES.items():
                self.initial[seen] = as_seen(self.dates[name])
            if self.taken_over is not None:
                self._prefill(self.taken_over.typed)
            if self.is_bound:
                self._fill_in_chosen_parts()
            self.fields["slug"].help_text = _(
                "The last part of the address. If readers may know the old address, it redirects here."
            )
        else:
            self.people, self.dates = [], {}
            if self.taken_over is not None:
                self._prefill(self.taken_over.typed)

    def clean_body(self):
        """The typed text; the stored one if only the white space between blocks differs."""
        typed, stored = self.cleaned_data["body"], self.initial.get("body") or ""
        return stored if html_from_typed(stored) == typed else typed

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if not slug:
            return self._slug_if_empty()
        says_something(slug)
        if not self.instance.slug_free(slug):
            raise forms.ValidationError(
                gettext(
                    "The address “%(slug)s” belongs to another article. Choose another one."
                )
                % {"slug": slug}
            )
        return slug

    def _slug_if_empty(self):
        """The present slug; for a translation that has none yet, one made from its title."""
        if self.instance.pk and self.instance.has_provisional_slug:
            # Publishing asks first, and makes the slug when it is done.
            is_final = self.data.get("_step") == "submit"
            title = self.cleaned_data.get("title", "")
            return slug_for(self.instance, title, is_final=is_final)
        return self.instance.slug

    def clean_language(self):
        language = self.cleaned_data["language"].strip().lower().replace("_", "-")
        if not LANGUAGE.fullmatch(language):
            raise forms.ValidationError(_("Write the language like “en” or “pt-br”."))
        article = self.instance
        is_new_here = article.pk and language != self.initial.get("language")
        if is_new_here and (other := article.other_in(language)):
            raise forms.ValidationError(
                gettext(
                    "“%(article)s” is the version of this article in this language."
                )
                % {"article": other}
            )
        return language

    def clean_embargo_until(self):
        embargo = self._date_to_save("embargo_until")
        if embargo and embargo > timezone.now() and self.instance.is_visible:
            raise forms.ValidationError(
                _(
                    "Readers can already see this article. Withdraw it to take it off the site."
                )
            )
        before = self.instance.embargo_until
        if self.instance.is_under_embargo and (embargo is None or embargo < before):
            raise forms.ValidationError(
                _(
                    "An embargo in force can only be extended here. "
                    "To end it earlier, an editor uses “Lift the embargo” and gives a reason."
                )
            )
        return embargo

    def clean_planned_for(self):
        day = self._date_to_save("planned_for")
        if day and months.year(day.year) is None:
            raise forms.ValidationError(
                gettext("Check the year: %(year)d is too far away.")
                % {"year": day.year}
            )
        return day

    def clean_tags(self):
        tags = tags_called(self.cleaned_data["tags"], may_make=self.may_make_tags)
        if self.asks_about_new_names:
            self._ask_about("tags", new_tags(tags), Tag.objects)
        return tags

    def clean_signed_by(self):
        credits = credits_written(self.cleaned_data["signed_by"], known=self.people)
        if self.asks_about_new_names:
            new = [person.name for person, _role in credits if person.pk is None]
            self._ask_about("signed_by", new, Person.objects)
        return credits

    def _ask_about(self, name, new, rows):
        """Show a checkbox for each new name. Raises ValidationError unless all are ticked."""
        newest = rows.order_by("-pk").values_list("name", flat=True)
        questions = questions_about(new, name, self.data, lambda: newest)
        self.fields[name].widget.questions = questions
        if open_ones := [one.sentence for one in questions if not one.is_ticked]:
            raise forms.ValidationError(open_ones)

    def clean(self):
        cleaned = super().clean()
        if isinstance(self.refused, EditConflict):
            self._show_conflict(self.refused)
        elif self.refused is not None:
            self.add_error(None, str(self.refused))
        return cleaned

    @property
    def has_questions(self):
        """Whether the form asks about new names, and nobody has ticked them."""
        return any(
            not question.is_ticked
            for name in ["tags", "signed_by"]
            for question in self.fields[name].widget.questions
        )

    @classmethod
    def label_of(cls, part):
        """The form's label for this part of an article."""
        field = cls.base_fields[_field_of(part)]
        return str(field.label or PART_NAMES[part].label)

    def lacks(self, typed):
        """Whether some of the typed values (a dict by field name) are missing from the form."""
        return any(
            field.has_changed(
                self._to_compare(name),
                field.widget.value_from_datadict(typed, {}, name),
            )
            for name, field in self.fields.items()
            if field.widget.value_omitted_from_data(typed, {}, name) is False
        )

    def _to_compare(self, name):
        initial = self.get_initial_for_field(self.fields[name], name)
        if name == "body":
            return html_from_typed(initial or "")
        return (
            initial.replace("\r\n", "\n").strip()
            if isinstance(initial, str)
            else initial
        )

    def _date_to_save(self, name):
        """The date to save, typed or stored; see articles.core.admin.stale_forms."""
        if name not in self.dates:
            return self.cleaned_data[name]
        return value_to_save(self, name, now=self.dates[name], seen_in=DATES[name])

    def _prefill(self, typed):
        for name, field in self.fields.items():
            if not field.widget.value_omitted_from_data(typed, {}, name):
                self.initial[name] = field.widget.value_from_datadict(typed, {}, name)

    def _fill_in_chosen_parts(self):
        """For what the user chose the other version of, put it into the submitted data."""
        chosen = [part for part in PARTS if self.data.get(choice_of(part)) == "theirs"]
        theirs = self._revision_in("seen")
        if theirs is None:
            return
        if chosen:
            self._fill_in(theirs.content, chosen)
        base = self._revision_in(BASE_FIELD)
        if base is not None and asks_about_blocks(self.data):
            self.data = self.data.copy()
            self.data["body"] = body_as_chosen(self.data, base.content, theirs.content)

    def _revision_in(self, name):
        """The revision of the article whose key was sent under this name, or None."""
        key = str(self.data.get(name, ""))
        if not key.isdecimal() or len(key) > 18:
            return None
        return self.instance.revisions.filter(pk=key).first()

    def _fill_in(self, content, parts):
        typed = _as_typed(content, _credits_in(content))
        self.data = self.data.copy()
        for part in parts:
            for name in LEAD if part == "lead_image" else [_field_of(part)]:
                if name in typed:
                    self.data[name] = typed[name]

    def _show_conflict(self, refused):
        """
        Show both versions of the parts in conflict, and merge the rest.

        The form is then based on what the others saved: saving it again replaces that.
        """
        theirs, mine = refused.newest.content, self.data
        typed = _as_typed(theirs, _credits_in(theirs))
        base = refused.base
        blocks = blocks_in_conflict(
            base.content if base else {}, refused.content, theirs
        )
        self.conflicts = [
            conflicting_part(
                part,
                self.label_of(part),
                _field_of(part),
                mine,
                typed,
                blocks=blocks if part == "body" else (),
            )
            for part in refused.parts
        ]
        self.data = self.data.copy()
        if blocks:
            self.conflict_base = base.pk
        # Mine in the blocks in conflict, theirs where only they changed something.
        self.data["body"] = refused.content["body"]
        self._fill_in(
            theirs,
            [part for part in PARTS if refused.content.get(part) == theirs.get(part)],
        )
        self.data["seen"] = refused.newest.pk
        self.add_error(
            None,
            gettext(
                "Someone has saved this article since you opened it and changed the same parts as you: "
                "%(parts)s. Nothing is lost: your text is below and not saved yet. "
                "Choose which version to keep, then save again."
            )
            % {"parts": word_list(conflict.label for conflict in self.conflicts)},
        )

    def _get_validation_exclusions(self):
        # An empty slug is made from the title on saving; clean_slug has checked any other.
        return super()._get_validation_exclusions() | {"slug"}

    def content(self):
        """The typed values as a snapshot. New people are created."""
        return snapshot(
            byline=self._credits(),
            tags=self.cleaned_data["tags"],
            lead=self._lead(),
            **{name: self.cleaned_data[name] for name in TEXTS},
        )

    def valid_parts(self):
        """The valid parts of the typed values, as parts of a snapshot. No people are created."""
        self.is_valid()
        parts = {
            name: self.cleaned_data[name] for name in TEXTS if name in self.cleaned_data
        }
        if "lead_image" in self.cleaned_data:
            parts["lead_image"] = self._lead()
        if "tags" in self.cleaned_data:
            parts["tags"] = self.cleaned_data["tags"]
        if "signed_by" in self.cleaned_data:
            parts["byline"] = byline_of(self.cleaned_data["signed_by"])
        return parts

    def _lead(self):
        image = self.cleaned_data["lead_image"]
        return lead_of(
            image and image.pk,
            self.cleaned_data.get("lead_alt", "").strip(),
            self.cleaned_data.get("lead_caption", "").strip(),
        )

    def _credits(self):
        for person, _role in self.cleaned_data["signed_by"]:
            if person.pk is None:
                person.save()
        return self.cleaned_data["signed_by"]

    def _save_m2m(self):
        self.instance.set_byline(*self._credits())
        self.instance.tags.add(*self.cleaned_data["tags"])


def typed_as(content):
    """A snapshot as values of the form's fields."""
    return _as_typed(content, _credits_in(content))


def _field_of(part):
    return "signed_by" if part == "byline" else part


def _credits_in(content):
    return Person.objects.credited(content.get("byline", []))


def _as_typed(content, credits):
    """A snapshot and its credits as values of the form's fields."""
    typed = {name: content[name] for name in TEXTS if name in content}
    if "lead_image" in content:
        lead = content["lead_image"] or {}
        typed |= {
            "lead_image": lead.get("image", ""),
            "lead_alt": lead.get("alt", ""),
            "lead_caption": lead.get("caption", ""),
        }
    if "tags" in content:
        typed["tags"] = in_one_line(content["tags"])
    if "byline" in content:
        typed["signed_by"] = in_one_line(names_with_roles(credits))
    return typed
