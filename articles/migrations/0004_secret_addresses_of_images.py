from django.db import migrations, models

import articles.models.image


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0003_links_carry_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='image',
            name='secret',
            field=models.CharField(db_default='', default=articles.models.image.new_secret, editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='image',
            name='former_fingerprint',
            field=models.CharField(db_default='', db_index=True, default='', editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name='image',
            name='former_file',
            field=models.CharField(db_default='', db_index=True, default='', editable=False, max_length=100),
        ),
        migrations.AddIndex(
            model_name='image',
            index=models.Index(condition=models.Q(('file', models.F('former_file'))), fields=['id'], name='pictures_to_be_moved'),
        ),
    ]
