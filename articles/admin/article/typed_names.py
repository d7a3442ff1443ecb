"""The names that are typed into a form: tags, and authors with their roles."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.content import bylines
from articles.core.text.names import clean_name, name_key
from articles.models import Credit, Person, Tag

# Translators: in parentheses and before the colon are the words that you chose for the roles.
BYLINE_HELP = _(
    "Names in order, separated by commas. Add the role in parentheses for anything but writing: "
    "“Ana Ruiz, Ben Cole (photographs)”, (reporting) or (editing). "
    "“Photos: Ben Cole, Cleo Diaz” names the role once. "
    "A new author is created when you confirm the name."
)
LONGEST_PERSON = Person._meta.get_field("name").max_length


def tags_called(names, *, may_make):
    """The current names of the tags. Raises ValidationError for a new tag unless `may_make`."""
    known = Tag.objects.names_of_today(names)
    unknown = [name for name in names if name_key(name) not in known]
    if unknown and not may_make:
        raise forms.ValidationError(
            gettext(
                "The tag “%(name)s” does not exist. Choose another one, or ask an editor to create it."
            )
            % {"name": unknown[0]}
        )
    # Of two spellings of a new tag, the first one counts.
    spellings = {name_key(name): clean_name(name) for name in reversed(names)} | known
    return list(dict.fromkeys(spellings[name_key(name)] for name in names))


def new_tags(names):
    """Those of the names that no tag has or had."""
    known = Tag.objects.called(names)
    return [name for name in names if name_key(name) not in known]


def credits_written(names, *, known=()):
    """
    Pairs of person and role for names such as “Ana Silva (photographs)”.

    New people are not saved yet, and a name that occurs twice is one person. Where several
    people have the name, those in `known` are meant; if that does not settle it,
    ValidationError is raised.
    """
    people, roles = {}, []
    for credit in bylines.read_credits(names):
        key = name_key(credit.name)
        if key not in people:
            people[key] = _person(credit.name, has_role=credit.is_marked, known=known)
        roles.append((people[key], Credit.Role(credit.role)))
    return roles


def _person(written, *, has_role, known):
    """The person of this name, or a new, unsaved one. `has_role`: a role follows the name."""
    brackets = bylines.in_brackets(written)
    if brackets and (person := _person_known_as(*brackets)):
        return person
    found = list(Person.objects.called(written)[:20])
    if len(found) > 1:
        # People who are in the byline already are meant.
        found = [person for person in found if person in known] or found
    if len(found) > 1:
        choices = ", ".join(f"“{person.name} ({person.slug})”" for person in found)
        raise forms.ValidationError(
            gettext(
                "Several authors are called %(name)s. Enter one of these: %(choices)s."
            )
            % {"name": written, "choices": choices}
        )
    if found:
        return found[0]
    return _new_person(written, brackets if not has_role else None)


def _person_known_as(name, slug):
    """The person with this name and this slug; None when there is none."""
    person = Person.objects.filter(slug=slug).first()
    return person if person and name_key(person.name) == name_key(name) else None


def _new_person(name, brackets):
    if brackets:
        raise forms.ValidationError(
            # Translators: in parentheses are the words that you chose for the roles.
            gettext(
                "“%(role)s” is not a role, and no author called %(name)s has that address. "
                "The roles are (photographs), (reporting) and (editing). "
                "If it is part of the name, enter “%(whole)s (by)”."
            )
            % {"role": brackets[1], "name": brackets[0], "whole": name}
        )
    if len(name) > LONGEST_PERSON:
        raise forms.ValidationError(
            gettext(
                "“%(name)s…” is longer than %(limit)d characters. Is a comma missing?"
            )
            % {"name": name[:40], "limit": LONGEST_PERSON}
        )
    return Person(name=name)


def names_with_roles(credits):
    """The names with their roles; ambiguous names also with the slug in brackets."""
    people = [person for person, _role in credits]
    # Somebody with two roles stands here twice, but is one person.
    names = [name for _key, name in {(one.pk or id(one), one.name) for one in people}]
    keys = [name_key(name) for name in names]
    shared = {key for key in keys if keys.count(key) > 1}
    if names:
        namesakes = Person.objects.called(*names).exclude(
            pk__in=[person.pk for person in people if person.pk]
        )
        shared |= {name_key(person.name) for person in namesakes}
    return [
        bylines.with_role(
            f"{person.name} ({person.slug})"
            if name_key(person.name) in shared
            else person.name,
            role,
        )
        for person, role in credits
    ]
