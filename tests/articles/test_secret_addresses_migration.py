import importlib

from django.apps import apps

from articles.models import Image
from articles.models.image import fingerprint_of
from tests.factories import make_image

migration = importlib.import_module("articles.migrations.0005_fill_secrets_of_images")


def test_every_picture_gets_a_secret_and_keeps_its_old_addresses_beside_it(db):
    one, other, new = (make_image() for _ in range(3))
    for image in [one, other]:
        image.secret = ""
        image.save()
    Image.objects.filter(pk=other.pk).update(file="withheld/ab/abcd.png")
    migration._save_all(migration.give_secrets)(apps, None)
    secrets = set(Image.objects.values_list("secret", flat=True))
    assert {len(secret) for secret in secrets} == {32}
    assert len(secrets) == 3
    for image in Image.objects.all():
        assert image.fingerprint == fingerprint_of(image)
    moved = Image.objects.get(pk=one.pk)
    assert moved.former_fingerprint == one.fingerprint != moved.fingerprint
    assert moved.former_file == moved.file.name
    assert Image.objects.get(pk=other.pk).former_file == "originals/ab/abcd.png"
    assert Image.objects.get(pk=new.pk).fingerprint == new.fingerprint
    migration._save_all(migration.take_secrets)(apps, None)
    assert Image.objects.get(pk=one.pk).fingerprint == one.fingerprint
