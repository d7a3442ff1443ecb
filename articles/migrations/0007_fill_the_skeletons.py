from django.db import migrations


def fill(apps, schema_editor):
    people = apps.get_model("articles", "Person").objects.using(
        schema_editor.connection.alias
    )
    for person in people.iterator():
        # The field works it out.
        person.save(update_fields=["skeleton"])


class Migration(migrations.Migration):
    dependencies = [("articles", "0006_skeletons_of_names")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
