"""The form of an article, and how names are written in one line."""

import csv
import re

from django import forms
from django.db.models.functions import Lower
from django.utils import timezone

from articles import calendar
from articles.admin.widgets import BodyEditor
from articles.desk import EditConflict
from articles.models import Article, Person, Tag
from articles.snapshots import TEXTS, snapshot

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
NAME_AND_SLUG = re.compile(r"(?P<name>.*\S)\s*\((?P<slug>[\w-]+)\)")


class MomentField(forms.SplitDateTimeField):
    """A date and a time that a clock can show, wherever it stands."""

    def compress(self, parts):
        moment = super().compress(parts)
        if moment and calendar.year(moment.year) is None:
            raise forms.ValidationError(
                f"Look at the year again: {moment.year} is too far away."
            )
        return moment


class NamesField(forms.CharField):
    """Names in an order, separated by commas; one that holds a comma stands in double quotes."""

    def __init__(self, *, longest, **kwargs):
        super().__init__(
            required=False,
            strip=True,
            widget=forms.TextInput(attrs={"class": "vLargeTextField"}),
            **kwargs,
        )
        self.longest = longest

    def clean(self, value):
        # A CharField lets no line break through, so there is one row.
        line = " ".join(super().clean(value).split())
        try:
            row = next(csv.reader([line], skipinitialspace=True), [])
        except csv.Error:
            # It reads no name of more than 128 KiB.
            raise self._too_long(line) from None
        names = list(dict.fromkeys(name.strip() for name in row if name.strip()))
        for name in names:
            if len(name) > self.longest:
                raise self._too_long(name)
        return names

    def _too_long(self, name):
        return forms.ValidationError(
            f"“{name[:40]}…” is longer than {self.longest} characters. Is a comma missing?"
        )


def in_one_line(names):
    return ", ".join(f'"{name}"' if "," in name else name for name in names)


class ArticleForm(forms.ModelForm):
    signed_by = NamesField(
        longest=160,
        label="Byline",
        help_text="Names in their order, separated by commas. A name that is not known yet makes a new person.",
    )
    tags = NamesField(
        longest=100,
        help_text="Separated by commas; the first one stands above the headline.",
    )
    # Which revision was on the screen.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = ["title", "standfirst", "body", "slug", "language", "embargo_until"]
        widgets = {
            "title": forms.TextInput(attrs={"class": "vLargeTextField title-field"}),
            "slug": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "language": forms.TextInput(attrs={"class": "vShortField", "size": 12}),
            "standfirst": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
            "body": BodyEditor,
        }

    # Set by the admin for the one who fills it in,
    may_make_tags = True
    # and why it could not be saved a moment ago, where all of it was in order.
    refused = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        article = self.instance
        # For those who may only read, no field is left.
        if article.pk and self.fields.keys() >= {"slug", "seen"}:
            content, copy = article.working_content(), article.working_copy
            self.initial |= {name: content[name] for name in TEXTS if name in content}
            self.initial["seen"] = copy.pk if copy else ""
            self.initial["tags"] = in_one_line(content["tags"])
            self.people = Person.objects.credited(content["byline"])
            self.initial["signed_by"] = in_one_line(_distinct_names(self.people))
            self.fields["slug"].help_text = (
                "The last part of the article’s address. When readers know it already, "
                "the old one leads here for ever."
            )
        else:
            self.people = []

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if not slug:
            return self.instance.slug
        if not self.instance.slug_free(slug):
            raise forms.ValidationError(
                f"The address “{slug}” belongs to another article. Choose another one."
            )
        return slug

    def clean_language(self):
        language = self.cleaned_data["language"].strip().lower().replace("_", "-")
        if not LANGUAGE.fullmatch(language):
            raise forms.ValidationError("Write the language as “en” or “pt-br”.")
        return language

    def clean_embargo_until(self):
        embargo = self.cleaned_data["embargo_until"]
        if embargo and embargo > timezone.now() and self.instance.is_visible:
            raise forms.ValidationError(
                "Readers can see this article already. Withdraw it to take it off the site."
            )
        return embargo

    def clean_tags(self):
        names = self.cleaned_data["tags"]
        known = {
            name.lower(): name
            for name in Tag.objects.annotate(low=Lower("name"))
            .filter(low__in=[name.lower() for name in names])
            .values_list("name", flat=True)
        }
        unknown = [name for name in names if name.lower() not in known]
        if unknown and not self.may_make_tags:
            raise forms.ValidationError(
                f"There is no tag “{unknown[0]}” yet. Choose another one, or ask an editor to make it."
            )
        return list(dict.fromkeys(known.get(name.lower(), name) for name in names))

    def clean_signed_by(self):
        return [self._person(name) for name in self.cleaned_data["signed_by"]]

    def clean(self):
        cleaned = super().clean()
        if isinstance(self.refused, EditConflict):
            # Saved again, it is meant: the form comes back with the newer state in it.
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.refused.newest.pk
            self.add_error(
                None,
                "Somebody has saved this article since you opened it. Nothing of yours is lost: "
                "it stands below and is not saved yet. Open the article in another tab "
                "to compare, then save again to put yours in its place.",
            )
        elif self.refused is not None:
            self.add_error(None, str(self.refused))
        return cleaned

    def _get_validation_exclusions(self):
        # An empty address is made from the title on saving; clean_slug has looked at any other.
        return super()._get_validation_exclusions() | {"slug"}

    def content(self):
        """What was typed, as a revision holds it; people who are new are made."""
        return snapshot(
            byline=self._people_signing(),
            tags=self.cleaned_data["tags"],
            **{name: self.cleaned_data[name] for name in TEXTS},
        )

    def _people_signing(self):
        for person in self.cleaned_data["signed_by"]:
            if person.pk is None:
                person.save()
        return self.cleaned_data["signed_by"]

    def _save_m2m(self):
        self.instance.sign(*self._people_signing())
        self.instance.tags.add(*self.cleaned_data["tags"])

    def _person(self, written):
        """Whom the name means: somebody known, or a new person who is not saved yet."""
        if match := NAME_AND_SLUG.fullmatch(written):
            person = Person.objects.filter(slug=match["slug"]).first()
            if person and person.name.lower() == match["name"].lower():
                return person
        found = list(Person.objects.filter(name__iexact=written)[:20])
        if len(found) > 1:
            # Those who stand in the byline already are meant; otherwise nobody can know.
            found = [person for person in found if person in self.people] or found
        if len(found) > 1:
            choices = ", ".join(f"“{person.name} ({person.slug})”" for person in found)
            raise forms.ValidationError(
                f"Several people are called {written}. Write one of these: {choices}."
            )
        if found:
            return found[0]
        if len(written) > 120:
            raise forms.ValidationError(
                f"“{written[:40]}…” is longer than 120 characters. Is a comma missing?"
            )
        return Person(name=written)


def _distinct_names(people):
    """The names, with the slug in brackets behind those that several people have."""
    names = [person.name for person in people]
    shared = set()
    if names:
        namesakes = Person.objects.filter(name__in=names).exclude(
            pk__in=[person.pk for person in people]
        )
        shared = set(namesakes.values_list("name", flat=True))
        shared |= {name for name in names if names.count(name) > 1}
    return [
        f"{person.name} ({person.slug})" if person.name in shared else person.name
        for person in people
    ]
