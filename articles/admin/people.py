from django import forms
from django.contrib import admin
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.admin.article.typed_names import names_with_roles
from articles.admin.name_suggestions import NameSuggestionsMixin
from articles.admin.tags import articles_in_words
from articles.core.admin.changed_fields import (
    ChangedFieldsForm,
    ChangedFieldsMixin,
)
from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import MOST_ROWS_COUNTED, NeighboursMixin
from articles.core.text.word_list import word_list
from articles.models import Article, Credit, Person, PersonAddress


class PersonForm(ChangedFieldsForm):
    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        former = PersonAddress.objects.filter(slug=slug)
        if former.exclude(person=self.instance.pk).exists():
            raise forms.ValidationError(
                gettext(
                    "The address “%(slug)s” belonged to another author. Choose another one."
                )
                % {"slug": slug}
            )
        return slug


@admin.register(Person)
class PersonAdmin(
    NameSuggestionsMixin,
    ChangedFieldsMixin,
    LongListMixin,
    NeighboursMixin,
    admin.ModelAdmin,
):
    form = PersonForm
    list_display = ["name", "slug"]
    search_fields = ["name"]
    fields = ["name", "slug", "about", "in_bylines"]
    readonly_fields = ["in_bylines"]
    worked_out = ["skeleton", "key"]

    def uses_of(self, person):
        return articles_in_words(person.uses)

    def suggested_names(self, people):
        return names_with_roles([(person, Credit.Role.BY) for person in people])

    def view_on_site(self, person):
        """The person's public page; None when the public cannot see it."""
        visible = Article.objects.visible()
        if not visible.roles_of(person):
            return None
        prefix = visible.filter(credits__person=person).first_prefix()
        return prefix + person.get_absolute_url()

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.fields[:-1]

    @admin.display(description=_("in bylines"))
    def in_bylines(self, person):
        """How many articles name the person in each role, also those the user may not see."""
        counts = {role: _count(person, role) for role in Credit.Role}
        said = [
            gettext("%(role)s: %(count)s") % {"role": role.label, "count": count}
            for role, count in counts.items()
            if count
        ]
        return word_list(said) or gettext("No article names this author yet.")


def _count(person, role):
    credits = person.credits.filter(role=role).order_by()
    count = credits[: MOST_ROWS_COUNTED + 1].count()
    if count <= MOST_ROWS_COUNTED:
        return count
    return gettext("more than %(number)s") % {
        "number": number_format(MOST_ROWS_COUNTED, force_grouping=True)
    }
