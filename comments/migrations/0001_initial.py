# The schema of 0.1.0.

import comments.models.network
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('articles', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Classifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('honest_comments', models.PositiveIntegerField(default=0, editable=False)),
                ('spam_comments', models.PositiveIntegerField(default=0, editable=False)),
                ('honest_features', models.PositiveBigIntegerField(default=0, editable=False)),
                ('spam_features', models.PositiveBigIntegerField(default=0, editable=False)),
                ('known_features', models.PositiveIntegerField(default=0, editable=False)),
                ('acts', models.CharField(choices=[('inform', 'Only tell the moderators what it finds'), ('hold', 'Hold what it finds to be spam'), ('mark', 'Mark as spam what it finds to be spam')], default='inform', max_length=6)),
                ('chosen_by', models.CharField(blank=True, editable=False, max_length=200)),
                ('chosen_at', models.DateTimeField(editable=False, null=True)),
                ('measured_precision', models.FloatField(editable=False, null=True)),
            ],
            options={
                'permissions': [('let_classifier_act', 'Can let the classifier act')],
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Commenter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='FeatureCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feature', models.CharField(max_length=64, unique=True)),
                ('honest', models.PositiveIntegerField(default=0)),
                ('spam', models.PositiveIntegerField(default=0)),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=508, unique=True)),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('asked_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NetworkKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True)),
                ('key', models.BinaryField(default=comments.models.network.random_key)),
            ],
        ),
        migrations.CreateModel(
            name='RuleSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=40, unique=True)),
                ('limit', models.FloatField(blank=True, null=True)),
                ('weight', models.PositiveSmallIntegerField(blank=True, choices=[(0, 'only informs'), (1, 'holds the comment'), (2, 'marks the comment as spam')], null=True)),
                ('changed_by_name', models.CharField(editable=False, max_length=200)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'default_permissions': ['change'],
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=100)),
                ('folded', models.CharField(editable=False, max_length=400, unique=True)),
                ('kind', models.CharField(choices=[('banned', 'Banned'), ('suspect', 'Suspect')], max_length=7)),
                ('by_name', models.CharField(editable=False, max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                'ordering': ['folded'],
                'default_permissions': ['add', 'change', 'delete', 'view'],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('step', models.CharField(max_length=10)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='comments.batch')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'abstract': False,
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=320)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('body', models.TextField()),
                ('notify', models.BooleanField(default=False)),
                ('text_revision', models.PositiveIntegerField(default=1, editable=False)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('spam', 'Spam'), ('withdrawn', 'Withdrawn by its author')], default='pending', editable=False, max_length=10)),
                ('judged_as', models.CharField(blank=True, editable=False, max_length=10)),
                ('judged_at', models.DateTimeField(editable=False, null=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('first_shown_at', models.DateTimeField(editable=False, null=True)),
                ('announced_at', models.DateTimeField(editable=False, null=True)),
                ('edited_at', models.DateTimeField(editable=False, null=True)),
                ('erased_at', models.DateTimeField(editable=False, null=True)),
                ('picked_at', models.DateTimeField(editable=False, null=True)),
                ('approved_replies', models.PositiveIntegerField(default=0, editable=False)),
                ('open_reports', models.PositiveIntegerField(default=0, editable=False)),
                ('has_place', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('root__isnull', True), models.Q(('status', 'approved'), models.Q(('first_shown_at__isnull', False), ('status__in', ['rejected', 'withdrawn']), ('approved_replies__gt', 0)), _connector='OR')), then=models.Value(True)), default=models.Value(False)), output_field=models.BooleanField())),
                ('network', models.CharField(blank=True, editable=False, max_length=64)),
                ('repeat_key', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='articles.article')),
                ('by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('parent', models.ForeignKey(blank=True, help_text='The comment this one answers.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='comments.comment')),
                ('root', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='comments.comment')),
                ('commenter', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='comments', to='comments.commenter')),
            ],
            options={
                'permissions': [('moderate_comment', 'Can decide on comments')],
            },
        ),
        migrations.CreateModel(
            name='Queue',
            fields=[
            ],
            options={
                'verbose_name': 'queue',
                'verbose_name_plural': 'queue',
                'proxy': True,
                'default_permissions': [],
                'indexes': [],
                'constraints': [],
            },
            bases=('comments.comment',),
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('what', models.CharField(choices=[('status', 'changed the status'), ('edit', 'edited'), ('reports', 'reported by readers'), ('keep', 'kept as it was'), ('pick', 'picked'), ('unpick', 'no longer picked'), ('redact', 'took words out')], default='status', max_length=8)),
                ('text_revision', models.PositiveIntegerField()),
                ('from_status', models.CharField(max_length=10)),
                ('to_status', models.CharField(max_length=10)),
                ('reason', models.CharField(blank=True, choices=[('off_topic', 'off topic'), ('abuse', 'abuse'), ('spam', 'spam'), ('unlawful', 'unlawful'), ('personal_data', 'personal data'), ('advertising', 'advertising'), ('other', 'another reason')], max_length=20)),
                ('explanation', models.TextField(blank=True)),
                ('told', models.BooleanField(default=True)),
                ('note', models.TextField(blank=True)),
                ('waited', models.DurationField(null=True)),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='comments.batch')),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='comments.comment')),
                ('undoes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='comments.decision')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Numbers',
            fields=[
            ],
            options={
                'verbose_name': 'numbers',
                'verbose_name_plural': 'numbers',
                'proxy': True,
                'default_permissions': [],
                'indexes': [],
                'constraints': [],
            },
            bases=('comments.decision',),
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField(null=True)),
                ('newest_comment', models.BigIntegerField(default=0)),
                ('newest_appeal', models.BigIntegerField(default=0)),
                ('newest_decision', models.BigIntegerField(default=0)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('moderator', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.AddField(
            model_name='commenter',
            name='mailbox',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='commenter', to='comments.mailbox'),
        ),
        migrations.CreateModel(
            name='Mute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('network', models.CharField(blank=True, db_index=True, max_length=64)),
                ('network_day', models.DateField(null=True)),
                ('until', models.DateTimeField(db_index=True)),
                ('reason', models.CharField(max_length=500)),
                ('by_name', models.CharField(max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by_name', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('commenter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mutes', to='comments.commenter')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('by_name', models.CharField(max_length=200)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('commenter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='comments.commenter')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='PendingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('confirm', 'asks whether the address may be written to'), ('reply', 'tells of a reply'), ('data', 'leads to what was written with the address')], max_length=8)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('next_try_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('tries', models.PositiveIntegerField(default=0)),
                ('comment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='comments.comment')),
                ('mailbox', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pending_mails', to='comments.mailbox')),
                ('reply', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='comments.comment')),
            ],
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('abuse', 'It insults or threatens somebody'), ('spam', 'It is spam or advertising'), ('off_topic', 'It has nothing to do with the article'), ('personal_data', 'It tells private things about somebody'), ('unlawful', 'It may be unlawful'), ('other', 'Something else')], max_length=20)),
                ('sentence', models.CharField(blank=True, max_length=2000)),
                ('network', models.CharField(blank=True, max_length=64)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='comments.comment')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='SecondLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(max_length=10)),
                ('text_revision', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('verdict', models.CharField(blank=True, max_length=10)),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('answered_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='second_look', to='comments.comment')),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_revision', models.PositiveIntegerField()),
                ('rule', models.CharField(max_length=40)),
                ('weight', models.PositiveSmallIntegerField(choices=[(0, 'only informs'), (1, 'holds the comment'), (2, 'marks the comment as spam')], default=1)),
                ('value', models.FloatField(null=True)),
                ('limit', models.FloatField(null=True)),
                ('words', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='comments.comment')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='TextRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('body', models.TextField()),
                ('replaced_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='earlier_texts', to='comments.comment')),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='Thread',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('policy', models.CharField(blank=True, choices=[('open', 'Open: the screening decides'), ('held', 'Held: every comment waits for a moderator'), ('closed', 'Closed: nothing new is taken')], default='', max_length=8)),
                ('closes_at', models.DateTimeField(blank=True, help_text='Nothing new is taken from then on.', null=True)),
                ('closes_after_days', models.PositiveSmallIntegerField(blank=True, help_text='Days after publication. 0: never. Empty: as the site’s settings say.', null=True)),
                ('shown_count', models.PositiveIntegerField(default=0, editable=False)),
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='thread', to='articles.article')),
            ],
        ),
        migrations.CreateModel(
            name='ThreadStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('from_policy', models.CharField(blank=True, max_length=8)),
                ('to_policy', models.CharField(blank=True, max_length=8)),
                ('by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='comments.thread')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'abstract': False,
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='Training',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(choices=[('honest', 'Honest'), ('spam', 'Spam')], max_length=6)),
                ('text_revision', models.PositiveIntegerField()),
                ('at', models.DateTimeField(db_index=True)),
                ('features', models.TextField()),
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='training', to='comments.comment')),
            ],
            options={
                'default_permissions': [],
            },
        ),
        migrations.CreateModel(
            name='WrittenMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('network', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('mailbox', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='comments.mailbox')),
            ],
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.TextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answered_at', models.DateTimeField(db_index=True, null=True)),
                ('comment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='comments.comment')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at', None)), fields=['created_at', 'comment'], name='open_appeals')],
            },
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['article', 'status', 'created_at', 'id'], name='comments_of_an_article'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['status', 'created_at', 'id'], name='comments_by_status'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['network', 'created_at'], name='comments_by_network'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('has_place', True)), fields=['article', 'created_at', 'id'], name='roots_on_a_page'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['root', 'status', 'created_at', 'id'], name='replies_of_a_root'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('picked_at__isnull', False)), fields=['article', 'picked_at'], name='picked_comments'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(django.db.models.functions.text.Lower('email'), name='comments_by_email'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('commenter__isnull', False)), fields=['commenter', 'judged_as', 'judged_at'], name='comments_by_commenter'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('commenter__isnull', False)), fields=['commenter', '-created_at', '-id'], name='newest_of_a_commenter'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('judged_at__isnull', False)), fields=['judged_at', 'id'], name='judged_comments'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('open_reports__gt', 0)), fields=['open_reports', 'created_at', 'id'], name='reported_comments'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('announced_at', None), ('first_shown_at__isnull', False), ('parent__isnull', False)), fields=['first_shown_at'], name='replies_to_announce'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('parent', None), ('root', None)), models.Q(('parent__isnull', False), ('root__isnull', False)), _connector='OR'), name='replies_have_a_root'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'rejected', 'spam', 'withdrawn'])), name='comments_have_a_known_status'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('waited__isnull', False)), fields=['-at', '-id'], name='decisions_after_a_wait'),
        ),
        migrations.AddConstraint(
            model_name='mute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('commenter__isnull', False), ('network', ''), ('network_day', None)), models.Q(('commenter', None), ('network_day__isnull', False), models.Q(('network', ''), _negated=True)), _connector='OR'), name='a_mute_is_of_a_person_or_a_network'),
        ),
        migrations.AddConstraint(
            model_name='pendingmail',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'reply')), fields=('mailbox', 'reply'), name='one_mail_for_each_reply_and_author'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['network', 'created_at'], name='reports_by_network'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('network', ''), _negated=True), fields=('comment', 'network'), name='one_report_for_each_network'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('by__isnull', False)), fields=('comment', 'by'), name='one_report_for_each_account'),
        ),
        migrations.AddIndex(
            model_name='secondlook',
            index=models.Index(condition=models.Q(('answered_at', None)), fields=['created_at', 'id'], name='second_looks_to_take'),
        ),
        migrations.AddIndex(
            model_name='secondlook',
            index=models.Index(fields=['answered_at'], name='second_looks_taken'),
        ),
        migrations.AddConstraint(
            model_name='textrevision',
            constraint=models.UniqueConstraint(fields=('comment', 'number'), name='one_text_for_each_revision'),
        ),
        migrations.AddIndex(
            model_name='writtenmail',
            index=models.Index(fields=['network', 'at'], name='mails_by_network'),
        ),
    ]
