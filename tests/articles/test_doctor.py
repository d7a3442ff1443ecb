from django.core.files.storage import default_storage

from articles import doctor
from articles.images.renditions import write_file
from articles.models import Image, ImageUse, Person, Tag
from articles.models.image import fingerprint_of
from tests.articles.old_pictures import old_image
from tests.factories import make_article, make_image, make_person


def found(check):
    return [finding.name for finding in check()]


def test_a_file_without_a_picture_is_found_and_deleted(db):
    image = make_image()
    write_file("originals/ab/ab.png", b"lost")
    [finding] = doctor.files_without_a_picture()
    assert finding.name == "originals/ab/ab.png"
    finding.mend()
    assert found(doctor.files_without_a_picture) == []
    assert default_storage.exists(image.file.name)


def test_a_picture_without_its_file_is_named_for_somebody_to_mend(db):
    make_image()
    lost = make_image(title="Lost")
    default_storage.delete(lost.file.name)
    [finding] = doctor.pictures_without_a_file()
    assert "Lost" in finding.name
    assert finding.mend is None


def test_renditions_of_nothing_are_found_and_deleted(db):
    write_file("renditions/0123/whole-60.jpg", b"old")
    [finding] = doctor.renditions_of_nothing()
    finding.mend()
    assert found(doctor.renditions_of_nothing) == []


def test_a_use_that_the_library_does_not_know_is_noted(db):
    lead, shown = make_image(), make_image()
    body = f'<figure><img src="/media/image/1/" alt="" data-file="{shown.pk}"></figure>'
    make_article(lead_image=lead, body=body)
    make_article()
    [finding] = doctor.wrong_uses()
    finding.mend()
    assert found(doctor.wrong_uses) == []
    assert set(ImageUse.objects.values_list("image", flat=True)) == {lead.pk, shown.pk}


def test_a_picture_at_a_guessable_address_is_found_and_moved(db):
    image = old_image()
    unsaid = make_image()
    Image.objects.filter(pk=unsaid.pk).update(secret="")
    make_image()
    findings = list(doctor.guessable_addresses())
    assert [finding.name for finding in findings] == [
        f"picture {image.pk}, “{image}”",
        f"picture {unsaid.pk}, “{unsaid}”",
    ]
    # Files that are still to be copied are not removed.
    assert found(doctor.renditions_of_nothing) == []
    for finding in findings:
        finding.mend()
    assert found(doctor.guessable_addresses) == []
    for picture in Image.objects.all():
        assert default_storage.exists(picture.file.name)
        assert picture.fingerprint == fingerprint_of(picture)
        assert len(picture.secret) >= 7


def test_names_without_a_key_are_found_and_get_one(db):
    make_person(name="Zoë")
    Tag.objects.create(name="Ärzte")
    assert found(doctor.wrong_name_keys) == []
    Person.objects.update(key=None)
    Tag.objects.update(name="Äpfel")
    for finding in doctor.wrong_name_keys():
        finding.mend()
    assert Person.objects.get().key == "zoë"
    assert Tag.objects.get().key == "äpfel"
    assert found(doctor.wrong_name_keys) == []


def test_of_two_tags_with_one_name_somebody_has_to_choose(db):
    Tag.objects.create(name="Ärzte")
    other = Tag.objects.create(name="x")
    Tag.objects.filter(pk=other.pk).update(name="ÄRZTE", key=None)
    [finding] = doctor.wrong_name_keys()
    assert finding.mend is None
    assert "Merge" in finding.sentence
