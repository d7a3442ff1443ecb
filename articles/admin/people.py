from django.contrib import admin

from articles.admin.listing import LongListMixin
from articles.admin.neighbours import NeighboursMixin
from articles.models import Article, Person, Tag


@admin.register(Person)
class PersonAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    fields = ["name", "slug", "about"]

    def view_on_site(self, person):
        """Where readers find the person, if they can."""
        people = Article.objects.visible().people()
        return person.get_absolute_url() if people.contains(person) else None


@admin.register(Tag)
class TagAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    fields = ["name", "slug"]

    def view_on_site(self, tag):
        """Where readers find the tag, if they can."""
        tags = Article.objects.visible().tags()
        return tag.get_absolute_url() if tags.contains(tag) else None
