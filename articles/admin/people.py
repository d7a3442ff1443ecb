from django.contrib import admin

from articles.admin.listing import LongListMixin
from articles.admin.neighbours import NeighboursMixin
from articles.models import Person, Tag


@admin.register(Person)
class PersonAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    fields = ["name", "slug", "about"]


@admin.register(Tag)
class TagAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    fields = ["name", "slug"]
