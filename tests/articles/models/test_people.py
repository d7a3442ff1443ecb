from articles.core.text.normalisation import skeleton
from articles.models import Person
from tests.factories import make_person


def test_a_person_is_found_by_whatever_looks_like_the_name(db):
    ana = make_person(name="Ana Ruiz")
    make_person(name="Ana Diaz")
    for typed in ["Ana Ruiz", "АNА  RUIZ", "ana\u200bruíz"]:
        assert list(Person.objects.looking_like(typed)) == [ana]
    for typed in ["Ana", "", "\u200b"]:
        assert not Person.objects.looking_like(typed)


def test_the_skeleton_follows_the_name(db):
    person = make_person(name="Ana Ruiz")
    person.name = "Olga Kowalska"
    person.save()
    person.refresh_from_db()
    assert person.skeleton == skeleton("Olga Kowalska")


def test_many_who_are_made_at_once_have_one_too(db):
    Person.objects.bulk_create([Person(name="Ana Ruiz", slug="ana")])
    known, _ = Person.objects.get_or_create(name="Tom Ash", slug="tom")
    assert Person.objects.get(slug="ana").skeleton == skeleton("Ana Ruiz")
    assert known.skeleton == skeleton("Tom Ash")
