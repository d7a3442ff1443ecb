"""
Give every picture a secret, and its renditions an address that depends on it.

The old addresses are kept beside the new ones: they redirect where readers see the picture.
Files are not touched here. Renditions are copied when somebody asks for them; `tick` and
`renditions` copy those and the originals, and delete the old ones.
"""

import hashlib
import secrets

from django.db import migrations

BATCH = 500
# articles.images.processing.rendering.VERSION and articles.models.image.fingerprint_of on the day of
# this migration. Where they have changed since, an address is another one, and the
# renditions are drawn again.
VERSION = 1


def fingerprint_of(image):
    seen = f"{VERSION} {image.content_hash} {image.focal_x:.4f} {image.focal_y:.4f}"
    if image.secret:
        seen = f"{image.secret} {seen}"
    return hashlib.sha256(seen.encode()).hexdigest()[:32]


def give_secrets(apps, schema_editor):
    images = apps.get_model('articles', 'Image').objects.filter(secret='')
    for image in _one_by_one(images):
        image.secret = secrets.token_hex(16)
        image.former_fingerprint = image.fingerprint
        image.former_file = image.file.name.replace('withheld/', 'originals/', 1)
        yield image


def take_secrets(apps, schema_editor):
    images = apps.get_model('articles', 'Image').objects.all()
    for image in _one_by_one(images):
        image.secret = image.former_fingerprint = image.former_file = ''
        yield image


def _one_by_one(images):
    last = 0
    while batch := list(images.filter(pk__gt=last).order_by('pk')[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _save_all(change):
    def run(apps, schema_editor):
        # A historical model has the field's own pre_save: `update` writes just these.
        images = apps.get_model('articles', 'Image').objects
        for image in change(apps, schema_editor):
            images.filter(pk=image.pk).update(
                secret=image.secret,
                former_fingerprint=image.former_fingerprint,
                former_file=image.former_file,
                fingerprint=fingerprint_of(image),
                renditions_made_at=None,
            )

    return run


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0004_secret_addresses_of_images'),
    ]

    operations = [
        migrations.RunPython(_save_all(give_secrets), _save_all(take_secrets)),
    ]
