from collections import defaultdict

from django.db import migrations
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from articles.core.text.names import clean_name, name_key

BATCH = 1000


def merge_same_names(apps, schema_editor):
    """Merge tags, and people, whose names differ only in case, spaces or composition; list them."""
    objects = _Objects(apps, schema_editor.connection.alias)
    said = [
        *(_merge_tags(objects, rows) for rows in _groups(objects.Tag)),
        *(_merge_people(objects, rows) for rows in _groups(objects.Person)),
    ]
    for model in ["Tag", "TagAddress", "Person"]:
        _store_keys(getattr(objects, model))
    for line in filter(None, said):
        print(f"\n    {line}", end="")  # noqa: T201


class _Objects:
    """The managers of the models, by name."""

    def __init__(self, apps, alias):
        self._apps, self._alias = apps, alias

    def __getattr__(self, name):
        return self._apps.get_model("articles", name).objects.using(self._alias)


def _groups(rows):
    """Lists of primary keys and names that have one key, where these are several."""
    groups = defaultdict(list)
    for pk, name in rows.order_by("pk").values_list("pk", "name").iterator(BATCH):
        groups[name_key(name)].append((pk, name))
    return [group for group in groups.values() if len(group) > 1]


def _merge_tags(objects, group):
    tags = objects.Tag.filter(pk__in=[pk for pk, _ in group])
    # The tag with the most articles is more likely the right one.
    stays, *others = tags.annotate(uses=Count("items")).order_by("-uses", "pk")
    names = [f"“{goes.name}”" for goes in others]
    for goes in others:
        _merge_tag(objects, goes, stays)
    return f"Merged {', '.join(names)} into the tag “{stays.name}”."


def _merge_tag(objects, goes, stays):
    """As articles.publishing.tag_merge.merge, and recorded as it does."""
    items, seen = objects.TaggedArticle, _was_public(objects, goes)
    rows = {"moved": [], "kept": [], "dropped": []}
    of_stays = dict(items.filter(tag=stays).values_list("content_object", "pk"))
    of_goes = items.filter(tag=goes).order_by("pk").values_list("pk", "content_object")
    for row, article in list(of_goes):
        kept = of_stays.get(article)
        if kept is None:
            rows["moved"].append([row, article])
        elif kept < row:
            rows["dropped"].append([row, article, goes.pk])
            rows["kept"].append([kept, article])
        else:
            # Of both positions among the tags of the article the earlier one stays.
            rows["dropped"].append([kept, article, stays.pk])
            rows["moved"].append([row, article])
    dropped = [row for row, _, _ in rows["dropped"]]
    for at in range(0, len(dropped), BATCH):
        items.filter(pk__in=dropped[at : at + BATCH]).delete()
    items.filter(tag=goes).update(tag=stays)
    addresses = objects.TagAddress.filter(tag=goes)
    rows["addresses"] = list(addresses.values_list("slug", flat=True))
    addresses.update(tag=stays)
    objects.TagAddress.update_or_create(
        slug=goes.slug, defaults={"name": goes.name, "tag": stays, "seen": seen}
    )
    objects.TagStep.create(
        tag=stays,
        what="merge",
        name=stays.name,
        old_name=goes.name,
        old_slug=goes.slug,
        went=goes.pk,
        rows=rows,
    )
    goes.delete()


def _was_public(objects, tag):
    now = timezone.now()
    article = objects.Article.filter(
        Q(embargo_until=None) | Q(embargo_until__lte=now),
        pk=OuterRef("content_object"),
        status="published",
        published_at__lte=now,
    )
    used = objects.Address.filter(article=OuterRef("content_object"), since__lte=now)
    items = objects.TaggedArticle.filter(tag=tag)
    return items.filter(Exists(article) | Exists(used)).exists()


def _merge_people(objects, group):
    names = [name for _, name in group]
    # Two rows with exactly one name are two people: nobody could make the second by mistake.
    if len(set(names)) < len(names):
        return f"Left as they are, because several people share one of these names: {', '.join(names)}."
    people = objects.Person.filter(pk__in=[pk for pk, _ in group])
    stays, *others = people.annotate(uses=Count("credits")).order_by("-uses", "pk")
    merged = [f"“{goes.name}”" for goes in others]
    for goes in others:
        for credit in objects.Credit.filter(person=goes):
            twice = objects.Credit.filter(
                article=credit.article_id, person=stays, role=credit.role
            )
            if twice.exists():
                credit.delete()
            else:
                objects.Credit.filter(pk=credit.pk).update(person=stays)
        objects.PersonAddress.create(slug=goes.slug, person=stays, went=goes.pk)
        if goes.about and not stays.about:
            objects.Person.filter(pk=stays.pk).update(about=goes.about)
            stays.about = goes.about
        goes.delete()
    return f"Merged {', '.join(merged)} into “{stays.name}” among the people."


def _store_keys(rows):
    while without := list(rows.filter(key=None).order_by("pk")[:BATCH]):
        for row in without:
            row.name, row.key = clean_name(row.name), name_key(row.name)
        rows.bulk_update(without, ["name", "key"])


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_a_key_for_each_name")]

    operations = [
        # Backwards the names stay merged; the column goes with the migration before.
        migrations.RunPython(merge_same_names, migrations.RunPython.noop)
    ]
