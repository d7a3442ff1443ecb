"""Tags at the desk: renaming, finding duplicates, merging, and undoing a merge."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from articles.admin.corrections import moment
from articles.admin.name_suggestions import NameSuggestionsMixin
from articles.core.admin.changed_fields import ChangedFieldsForm
from articles.core.admin.changelist import LongList, LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.admin.read_only import RecordMixin
from articles.core.slugs import SlugFormField
from articles.core.text.names import clean_name, name_key
from articles.core.text.near_duplicates import find_similar
from articles.models import Article, Tag, TagsApart, TagStep, TransitionError
from articles.models.tag import SLUG_LENGTH, USES_COUNTED
from articles.publishing import tag_merge

# The duplicate finder compares the newest TAGS_COMPARED tags and shows at most PAIRS_SHOWN pairs.
TAGS_COMPARED = 20_000
PAIRS_SHOWN = 200
# How many of the pairs marked as different are shown, the newest first.
APART_SHOWN = 100
# How many articles the preview of a merge names.
ARTICLES_NAMED = 20
STEPS_SHOWN = 50


class TagList(LongList):
    def get_results(self, request):
        super().get_results(request)
        self.result_list = self.result_list.with_uses()


class TagForm(ChangedFieldsForm):
    slug = SlugFormField(
        label=_("Address"),
        max_length=SLUG_LENGTH,
        required=False,
        help_text=_(
            "The last part of the address of the tag’s page. Made from the name if left empty. "
            "If readers may know the old address, it redirects here."
        ),
    )

    class Meta:
        model = Tag
        fields = ["name", "slug"]

    def clean_name(self):
        name = clean_name(self.cleaned_data["name"])
        alike = Tag.objects.filter(Q(key=name_key(name)) | Q(name=name))
        alike = alike.exclude(pk=self.instance.pk)
        if other := alike.first():
            raise forms.ValidationError(
                gettext(
                    "The tag “%(name)s” already exists. Choose another name, "
                    "or choose both in the list and merge them."
                )
                % {"name": other}
            )
        return name

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if not slug:
            return self.instance.slug
        if not self.instance.slug_free(slug):
            raise forms.ValidationError(
                gettext(
                    "The address “%(slug)s” belongs or belonged to another tag. Choose another one."
                )
                % {"slug": slug}
            )
        return slug

    def _get_validation_exclusions(self):
        # An empty slug is made from the name on saving; clean_slug has checked any other.
        return super()._get_validation_exclusions() | {"slug"}


class TwoTagsForm(forms.Form):
    """Which tag stays, and which tag is merged into it."""

    stays = forms.ModelChoiceField(Tag.objects.all(), widget=forms.HiddenInput)
    goes = forms.ModelChoiceField(Tag.objects.all(), widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        if "stays" in cleaned and cleaned["stays"] == cleaned.get("goes"):
            raise forms.ValidationError(_("A tag cannot be merged into itself."))
        return cleaned


@admin.register(Tag)
class TagAdmin(NameSuggestionsMixin, LongListMixin, NeighboursMixin, admin.ModelAdmin):
    form = TagForm
    list_display = ["named", "slug", "used_by"]
    sortable_by = ["named"]
    search_fields = ["name"]
    search_help_text = _("Searches names.")
    actions = ["merge_two"]
    change_form_template = "admin/articles/tag/change_form.html"

    def get_changelist(self, request, **kwargs):
        return TagList

    def has_merge_permission(self, request):
        """Merging renames one tag and deletes the other, so it needs both permissions."""
        return request.user.has_perms(["articles.change_tag", "articles.delete_tag"])

    def uses_of(self, tag):
        return articles_in_words(tag.uses)

    def view_on_site(self, tag):
        """The tag's public page; None when the public cannot see it."""
        if not tag_merge.is_public(tag):
            return None
        prefix = Article.objects.visible().tagged(tag).first_prefix()
        return prefix + tag.get_absolute_url()

    # The list

    @admin.display(description=_("name"), ordering="name")
    def named(self, tag):
        return format_html("<bdi>{}</bdi>", tag.name)

    @admin.display(description=_("articles"))
    def used_by(self, tag):
        return uses_in_words(tag.uses)

    @admin.action(description=_("Merge two tags"), permissions=["merge"])
    def merge_two(self, request, chosen):
        two = list(chosen.with_uses()[:3])
        if len(two) != 2:
            self.message_user(
                request,
                gettext("Choose the two tags to merge. Nothing was changed."),
                messages.ERROR,
            )
            return None
        # The tag with more uses is more likely the right one.
        goes, stays = sorted(two, key=lambda tag: tag.uses)
        return HttpResponseRedirect(merge_address(stays, goes))

    # The form

    def save_model(self, request, tag, form, change):
        if not change:
            tag.save()
        else:
            changed = {name: getattr(tag, name) for name in form.changed_fields}
            tag_merge.rename_tag(tag, **changed, by=request.user)

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (IntegrityError, TransitionError):
            # Somebody else took the name or the slug in the same instant. The form now finds
            # it, says so, and keeps what was typed.
            return super().changeform_view(request, *args, **kwargs)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        steps = TagStep.objects.filter(tag=_key(object_id))
        context = {
            "steps": steps.select_related("undone_by").defer("rows")[:STEPS_SHOWN],
            "may_merge": self.has_merge_permission(request),
        }
        return super().change_view(
            request, object_id, form_url, context | (extra_context or {})
        )

    # Pages of our own

    def get_urls(self):
        pages = [
            ("duplicates/", self.duplicates_view, "duplicates"),
            ("duplicates/apart/", self.apart_view, "apart"),
            ("duplicates/again/", self.again_view, "again"),
            ("merge/", self.merge_view, "merge"),
            ("undo/<int:step>/", self.undo_view, "undo"),
        ]
        return [
            path(route, self.admin_site.admin_view(view), name=f"articles_tag_{name}")
            for route, view, name in pages
        ] + super().get_urls()

    def duplicates_view(self, request):
        """Pairs of tags that may be duplicates."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        newest = Tag.objects.order_by("-pk").values_list("name", "pk")[
            : TAGS_COMPARED + 1
        ]
        keys = dict(newest[:TAGS_COMPARED])
        found = find_similar(keys)
        apart = set(TagsApart.objects.values_list("first", "second"))
        pairs = [
            pair
            for pair in found.pairs
            if tuple(sorted([keys[pair.one], keys[pair.other]])) not in apart
        ]
        shown = pairs[:PAIRS_SHOWN]
        context = {
            "title": gettext("Possible duplicates"),
            "pairs": list(_pairs_with_tags(shown, keys)),
            "apart": TagsApart.objects.newest_first()[:APART_SHOWN],
            "is_cut_short": found.is_cut_short or len(shown) < len(pairs),
            "compared": number_format(TAGS_COMPARED, force_grouping=True)
            if len(newest) > TAGS_COMPARED
            else None,
            "may_merge": self.has_merge_permission(request),
        }
        return self._page(request, "duplicates", context)

    @method_decorator(require_POST)
    def apart_view(self, request):
        """Mark two tags as different: the duplicate finder stops showing them."""
        return self._change_pair(
            request,
            lambda one, other: TagsApart.objects.mark(one, other, by=request.user),
            gettext(
                "“%(one)s” and “%(other)s” are marked as different. They are no longer listed as duplicates."
            ),
        )

    @method_decorator(require_POST)
    def again_view(self, request):
        """Take back that two tags are different: the duplicate finder shows them again."""
        return self._change_pair(
            request,
            lambda one, other: TagsApart.objects.of(one, other).delete(),
            gettext("“%(one)s” and “%(other)s” are compared again."),
        )

    def _change_pair(self, request, do, done):
        if not self.has_merge_permission(request):
            raise PermissionDenied
        form = TwoTagsForm(request.POST)
        if form.is_valid():
            two = form.cleaned_data["stays"], form.cleaned_data["goes"]
            do(*two)
            said = done % {"one": two[0], "other": two[1]}
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, _merge_problem(form), messages.ERROR)
        return HttpResponseRedirect(reverse("admin:articles_tag_duplicates"))

    def merge_view(self, request):
        """Preview a merge; a POST merges."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else request.GET
        form = TwoTagsForm(sent)
        if not form.is_valid():
            return self._not_merged(request, _merge_problem(form))
        stays, goes = form.cleaned_data["stays"], form.cleaned_data["goes"]
        if request.method != "POST":
            return self._preview(request, stays, goes)
        try:
            tag_merge.merge(goes, into=stays, by=request.user)
        except TransitionError as error:
            return self._not_merged(request, str(error))
        self.message_user(
            request,
            gettext("“%(goes)s” was merged into “%(stays)s”. You can undo it below.")
            % {"goes": goes, "stays": stays},
            messages.SUCCESS,
        )
        return HttpResponseRedirect(form_of(stays.pk))

    def undo_view(self, request, step):
        """Preview undoing a merge; a POST undoes it."""
        if not self.has_merge_permission(request):
            raise PermissionDenied
        step = get_object_or_404(TagStep, pk=step, what=TagStep.What.MERGE)
        context = {
            "title": gettext("Undo the merge of “%(name)s”?") % {"name": step.old_name},
            "step": step,
        }
        if request.method != "POST":
            return self._page(request, "undo", context)
        try:
            tag = tag_merge.undo_merge(step, by=request.user)
        except TransitionError as error:
            return self._page(
                request, "undo", context | {"problem": str(error)}, status=409
            )
        self.message_user(
            request,
            gettext(
                "“%(name)s” is restored, on its articles and in its place among their tags."
            )
            % {"name": tag},
            messages.SUCCESS,
        )
        return HttpResponseRedirect(form_of(tag.pk))

    def _preview(self, request, stays, goes):
        articles = Article.objects.on_desk_of(request.user)
        context = {
            "title": gettext("Merge “%(goes)s” into “%(stays)s”?")
            % {"goes": goes, "stays": stays},
            "stays": stays,
            "goes": goes,
            "would": tag_merge.consequences(goes, into=stays),
            "both": tag_merge.articles_with_both(goes, stays, among=articles)[
                :ARTICLES_NAMED
            ],
            "other_way": merge_address(goes, stays),
        }
        return self._page(request, "merge", context)

    def _not_merged(self, request, problem):
        context = {"title": gettext("Not merged"), "problem": problem}
        return self._page(request, "merge", context, status=409)

    def _page(self, request, name, context, *, status=200):
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/articles/tag/{name}.html",
            {**self.admin_site.each_context(request), "opts": self.opts, **context},
            status=status,
        )


@admin.register(TagStep)
class TagStepAdmin(RecordMixin, LongListMixin, admin.ModelAdmin):
    """The log of what was done to tags, by whom and when; merges can be undone from here."""

    list_display = ["when", "who", "did", "undo"]
    list_display_links = None
    list_filter = ["what"]
    list_select_related = ["undone_by"]
    date_hierarchy = "at"
    sortable_by = []
    search_fields = ["name", "old_name", "by_name"]
    search_help_text = _("Tag or editor")
    actions = None
    fields = ["when", "who", "did", "undo"]
    readonly_fields = fields

    def get_queryset(self, request):
        # The rows of a merge of many articles are a large value.
        return super().get_queryset(request).defer("rows")

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"title": gettext("Tag log"), **(extra_context or {})}
        )

    @admin.display(description=_("time"))
    def when(self, step):
        return moment(step.at)

    @admin.display(description=_("by"))
    def who(self, step):
        return format_html("<bdi>{}</bdi>", step.who)

    @admin.display(description=_("step"))
    def did(self, step):
        return format_html('<span dir="auto">{}</span>', step.in_words)

    @admin.display(description=_("undo"))
    def undo(self, step):
        if not step.is_undoable:
            return (
                pgettext("merge of tags", "undone")
                if step.what == TagStep.What.MERGE
                else ""
            )
        address = reverse("admin:articles_tag_undo", args=[step.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Undo…"))


def uses_in_words(uses):
    if uses <= USES_COUNTED:
        return number_format(uses, force_grouping=True)
    return gettext("more than %(number)s") % {
        "number": number_format(USES_COUNTED, force_grouping=True)
    }


def articles_in_words(uses):
    """The number of uses, which stops at USES_COUNTED, with its noun."""
    if uses <= USES_COUNTED:
        return ngettext("%(number)s article", "%(number)s articles", uses) % {
            "number": number_format(uses, force_grouping=True)
        }
    return ngettext(
        "more than %(number)s article", "more than %(number)s articles", USES_COUNTED
    ) % {"number": number_format(USES_COUNTED, force_grouping=True)}


def merge_address(stays, goes):
    query = urlencode({"stays": stays.pk, "goes": goes.pk})
    return f"{reverse('admin:articles_tag_merge')}?{query}"


def form_of(key):
    return reverse("admin:articles_tag_change", args=[key])


def _pairs_with_tags(pairs, keys):
    """For each pair both tags with their uses, the more used tag first, and why they are alike."""
    wanted = {keys[name] for pair in pairs for name in (pair.one, pair.other)}
    found = {tag.name: tag for tag in Tag.objects.with_uses().filter(pk__in=wanted)}
    for pair in pairs:
        # A tag may have been renamed or merged while the pairs were compared.
        if pair.one in found and pair.other in found:
            two = found[pair.one], found[pair.other]
            stays, goes = sorted(two, key=lambda tag: -tag.uses)
            yield {
                "tags": [(tag, articles_in_words(tag.uses)) for tag in (stays, goes)],
                "why": pair.why,
                "merge": merge_address(stays, goes),
            }


def _merge_problem(form):
    """Why the two tags cannot be merged, such as that a colleague has just merged one of them."""
    for name in ("goes", "stays"):
        key = form.data.get(name, "")
        if name in form.errors and key.isdecimal() and len(key) < 19:
            return tag_merge.said_of_missing(int(key))
    problems = form.non_field_errors()
    return problems[0] if problems else gettext("Choose two tags. Nothing was changed.")


def _key(object_id):
    try:
        return Tag._meta.pk.to_python(unquote(object_id))
    except forms.ValidationError:
        raise Http404 from None
