# The schema of 0.1.0.

import articles.content.fields
import articles.models.article
import articles.models.image
import articles.models.preview_link
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import taggit.managers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('slug', models.SlugField(allow_unicode=True, max_length=100, unique=True, verbose_name='slug')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=250)),
                ('slug', models.SlugField(blank=True, help_text='The last part of the article’s address. Made from the title when left empty.', max_length=120, unique=True, validators=[django.core.validators.RegexValidator('[a-zA-Z0-9]', 'Write at least one letter or digit into the address.')])),
                ('standfirst', models.TextField(blank=True, help_text='One or two sentences under the headline and on cards.')),
                ('body', articles.content.fields.HTMLField(blank=True)),
                ('lead_alt', models.CharField(blank=True, max_length=500)),
                ('lead_caption', models.TextField(blank=True)),
                ('language', models.CharField(default=articles.models.article.language_of_the_site, help_text='The language the article is written in, as in “en” or “pt-br”.', max_length=12)),
                ('on_top', models.BooleanField(default=False, editable=False)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', editable=False, max_length=12)),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('embargo_until', models.DateTimeField(blank=True, help_text='Whatever is scheduled, nobody outside sees the article before this time.', null=True)),
                ('withdrawal', models.CharField(blank=True, choices=[('notice', 'The article itself under the notice; it leaves every list (200)'), ('gone', 'A page that says it was withdrawn, with the notice (410)'), ('vanished', 'Nothing, as if it had never been there (404)'), ('replaced', 'Another article, to which its address leads (301)')], editable=False, max_length=12)),
                ('notice', models.TextField(blank=True, editable=False)),
                ('planned_for', models.DateField(blank=True, db_index=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('modified_at', models.DateTimeField(auto_now=True)),
                ('updated_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('source', models.CharField(editable=False, max_length=250, null=True, unique=True)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to=settings.AUTH_USER_MODEL)),
                ('replaced_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='articles.article')),
            ],
            options={
                'permissions': [('publish_article', 'Can publish, schedule, return and withdraw articles')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True)),
                ('since', models.DateTimeField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addresses', to='articles.article')),
            ],
            options={
                'verbose_name_plural': 'addresses',
            },
        ),
        migrations.CreateModel(
            name='ArticleBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('what', models.CharField(max_length=20)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='articles.articlebatch')),
            ],
            options={
                'verbose_name': 'batch of articles',
                'verbose_name_plural': 'batches of articles',
                'ordering': ['-at', '-id'],
                'abstract': False,
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='BatchedArticle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('why_not', models.TextField(blank=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.article')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='articles.articlebatch')),
            ],
            options={
                'ordering': ['id'],
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='CalendarAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=articles.models.preview_link.random_key, max_length=64, unique=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'calendar addresses',
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('kind', models.CharField(choices=[('correction', 'Correction'), ('clarification', 'Clarification'), ('update', 'Update'), ('editors_note', 'Editor’s note')], default='correction', max_length=20)),
                ('text', models.TextField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='articles.article')),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Image',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', articles.models.image.PictureField(upload_to=articles.models.image.place_of_original)),
                ('title', models.CharField(blank=True, max_length=250)),
                ('alt', models.CharField(blank=True, help_text='What is to be seen, for those who cannot see it. Not the name of the file.', max_length=500, verbose_name='alt text')),
                ('decorative', models.BooleanField(default=False, help_text='It says nothing that the text does not say; screen readers pass over it.')),
                ('caption', models.TextField(blank=True)),
                ('credit', models.CharField(blank=True, help_text='Whose it is, as it stands under it.', max_length=250)),
                ('licence', models.CharField(blank=True, max_length=250)),
                ('source', models.CharField(blank=True, help_text='Where it comes from: an agency and its number, or an address.', max_length=500)),
                ('focal_x', models.FloatField(default=0.5, help_text='The point that stays in sight when it is cropped, from 0 (left) to 1 (right).', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)])),
                ('focal_y', models.FloatField(default=0.5, help_text='From 0 (top) to 1 (bottom).', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)])),
                ('width', models.PositiveIntegerField(default=0, editable=False)),
                ('height', models.PositiveIntegerField(default=0, editable=False)),
                ('has_alpha', models.BooleanField(default=False, editable=False)),
                ('frames', models.PositiveIntegerField(default=1, editable=False)),
                ('content_hash', models.CharField(db_index=True, default='', editable=False, max_length=64)),
                ('upload_key', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('fingerprint', articles.models.image.FingerprintField(db_index=True, default='', editable=False, max_length=32)),
                ('renditions_made_at', models.DateTimeField(editable=False, null=True)),
                ('taken_down_at', models.DateTimeField(editable=False, null=True)),
                ('taken_down_by_name', models.CharField(blank=True, editable=False, max_length=200)),
                ('taken_down_reason', models.TextField(blank=True, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('modified_at', models.DateTimeField(auto_now=True)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='article',
            name='lead_image',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='articles.image'),
        ),
        migrations.CreateModel(
            name='ImageUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='image_uses', to='articles.article')),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='articles.image')),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('slug', models.SlugField(blank=True, help_text='The last part of the address of this person’s page. Made from the name when left empty.', max_length=120, unique=True)),
                ('about', models.TextField(blank=True, help_text='A sentence or two, shown on this person’s page.')),
                ('skeleton', articles.content.fields.SkeletonField(default='', editable=False, max_length=250)),
            ],
            options={
                'verbose_name_plural': 'people',
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['skeleton'], name='people_by_skeleton')],
            },
        ),
        migrations.CreateModel(
            name='Credit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('by', 'by'), ('reporting', 'reporting'), ('photographs', 'photographs'), ('editing', 'editing')], default='by', max_length=12)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credits', to='articles.article')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='articles.person')),
            ],
            options={
                'ordering': ['position', 'id'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='byline',
            field=models.ManyToManyField(blank=True, related_name='articles', through='articles.Credit', to='articles.person'),
        ),
        migrations.CreateModel(
            name='PreviewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=articles.models.preview_link.random_key, max_length=64, unique=True)),
                ('ends_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preview_links', to='articles.article')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Proposed'), ('scheduled', 'Scheduled changes'), ('published', 'Published')], default='draft', max_length=10)),
                ('content', models.JSONField()),
                ('note', models.CharField(blank=True, max_length=500)),
                ('label', models.CharField(blank=True, max_length=100)),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('publish_at', models.DateTimeField(blank=True, null=True)),
                ('tells_readers', models.BooleanField(default=False)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='articles.article')),
                ('began_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.revision')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('status', models.CharField(choices=[('open', 'Waits for an answer'), ('taken', 'Taken over'), ('declined', 'Declined'), ('withdrawn', 'Taken back')], default='open', max_length=10)),
                ('answer', models.TextField(blank=True)),
                ('answered_by_name', models.CharField(blank=True, max_length=200)),
                ('answered_at', models.DateTimeField(null=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='articles.article')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revision', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='proposal', to='articles.revision')),
            ],
            options={
                'ordering': ['-id'],
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('what', models.CharField(choices=[('submit', 'submitted for review'), ('return', 'returned to draft'), ('publish', 'published'), ('schedule', 'scheduled'), ('redate', 'publication date changed'), ('change', 'changes published'), ('schedule_changes', 'changes scheduled'), ('unschedule_changes', 'changes taken off the schedule'), ('withdraw', 'withdrawn'), ('lift_embargo', 'embargo lifted'), ('rename', 'address changed'), ('put_on_top', 'put on top of the front page'), ('take_off_top', 'taken off the top of the front page'), ('propose', 'changes proposed'), ('take_over', 'proposed changes taken over'), ('decline', 'proposed changes declined'), ('take_back', 'proposed changes taken back'), ('undo', 'put back to where it stood')], max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='articles.article')),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='TagAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=100, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('seen', models.BooleanField()),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='articles.tag')),
            ],
            options={
                'verbose_name_plural': 'tag addresses',
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='TaggedArticle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tagged', to='articles.article')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='articles.tag')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='article',
            name='tags',
            field=taggit.managers.TaggableManager(blank=True, help_text='A comma-separated list of tags.', through='articles.TaggedArticle', to='articles.Tag', verbose_name='Tags'),
        ),
        migrations.CreateModel(
            name='TagsApart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.tag')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='articles.tag')),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='TagStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('what', models.CharField(choices=[('rename', 'renamed'), ('merge', 'merged'), ('undo', 'merge undone')], max_length=10)),
                ('name', models.CharField(max_length=100)),
                ('old_name', models.CharField(max_length=100)),
                ('old_slug', models.CharField(max_length=100)),
                ('went', models.BigIntegerField(blank=True, db_index=True, null=True)),
                ('rows', models.JSONField(blank=True, default=dict)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tag', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='steps', to='articles.tag')),
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='articles.tagstep')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Unsaved',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('typed', models.JSONField()),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unsaved', to='articles.article')),
                ('began_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='articles.revision')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='CorrectionRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('network', models.CharField(blank=True, editable=False, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reply', models.TextField(blank=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by_name', models.CharField(blank=True, max_length=200)),
                ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='articles.correction')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='correction_requests', to='articles.article')),
            ],
            options={
                'indexes': [models.Index(fields=['network', 'created_at'], name='requests_by_network'), models.Index(fields=['closed_at', 'created_at', 'id'], name='requests_by_closing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('answer', None), ('closed_at__isnull', False), _connector='OR'), name='answered_requests_are_closed')],
            },
        ),
        migrations.AddConstraint(
            model_name='image',
            constraint=models.CheckConstraint(condition=models.Q(('focal_x__gte', 0), ('focal_x__lte', 1), ('focal_y__gte', 0), ('focal_y__lte', 1)), name='focal_points_are_in_the_picture'),
        ),
        migrations.AddConstraint(
            model_name='imageuse',
            constraint=models.UniqueConstraint(fields=('article', 'image'), name='one_row_for_each_use'),
        ),
        migrations.AddIndex(
            model_name='credit',
            index=models.Index(fields=['person', 'role'], name='credits_by_person_and_role'),
        ),
        migrations.AddConstraint(
            model_name='credit',
            constraint=models.UniqueConstraint(fields=('article', 'person', 'role'), name='a_person_signs_an_article_once_in_a_role'),
        ),
        migrations.AddConstraint(
            model_name='credit',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['by', 'reporting', 'photographs', 'editing'])), name='credits_have_a_known_role'),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(fields=['article', '-id'], name='revisions_of_an_article'),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('kind', 'scheduled')), fields=['publish_at'], name='changes_to_publish'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'scheduled'), _negated=True), ('publish_at__isnull', False), _connector='OR'), name='scheduled_changes_have_a_time'),
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['at', 'id'], name='open_proposals'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('article', 'by'), name='one_open_proposal_for_each_writer'),
        ),
        migrations.AddConstraint(
            model_name='taggedarticle',
            constraint=models.UniqueConstraint(fields=('tag', 'content_object'), name='an_article_has_a_tag_once'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['status', 'published_at', 'id'], name='articles_by_time'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['-modified_at', '-id'], name='articles_by_last_change'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(condition=models.Q(('embargo_until__isnull', False)), fields=['embargo_until'], name='articles_under_embargo'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['published_at', 'id'], name='articles_by_date'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='published_articles_have_a_date'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'published', 'withdrawn'])), name='articles_have_a_known_status'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='articles_have_an_address'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.UniqueConstraint(condition=models.Q(('on_top', True)), fields=('on_top',), name='one_article_is_on_top'),
        ),
        migrations.AddConstraint(
            model_name='tagsapart',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='tags_are_kept_apart_once'),
        ),
        migrations.AddConstraint(
            model_name='unsaved',
            constraint=models.UniqueConstraint(fields=('article', 'by'), name='one_unsaved_text_for_each_editor'),
        ),
    ]
