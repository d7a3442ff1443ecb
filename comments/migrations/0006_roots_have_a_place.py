import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("comments", "0005_count_the_approved_replies")]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='has_place',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('root__isnull', True), models.Q(('status', 'approved'), models.Q(('first_shown_at__isnull', False), ('status__in', ['rejected', 'withdrawn']), ('approved_replies__gt', 0)), _connector='OR')), then=models.Value(True)), default=models.Value(False)), output_field=models.BooleanField()),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('has_place', True)), fields=['article', 'created_at', 'id'], name='roots_on_a_page'),
        ),
    ]
