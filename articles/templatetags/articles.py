from django import template
from django.utils.html import escape, format_html

from articles.content import bylines, html
from articles.images import picture_html
from articles.public.schema_org import news_article

register = template.Library()


@register.filter
def article_html(text):
    """Article HTML, marked as safe, with the images of the library inserted."""
    return html.article_html(text, finish=picture_html.with_pictures)


@register.inclusion_tag("articles/_lead.html")
def lead_picture(article):
    """The lead image of an article, with caption and credit."""
    image = article.lead
    if image is None:
        return {}
    caption = article.lead_caption or image.caption
    return {
        "picture": picture_html.picture(
            image, alt=article.lead_alt, sizes=picture_html.IN_COLUMN, is_first=True
        ),
        "caption": picture_html.caption_html(image, escape(caption)),
    }


@register.simple_tag
def card_picture(article, is_lead=False):
    """The lead image on the card of an article; empty without one."""
    if article.lead is None:
        return ""
    return picture_html.card_picture(
        article.lead, alt=article.lead_alt, is_lead=is_lead
    )


@register.inclusion_tag("articles/_shared.html")
def shared_picture(article):
    """The image for link previews on other sites."""
    if article.lead is None:
        return {}
    [recipe] = article.lead.in_shape("share")
    return {
        "address": picture_html.absolute(article.lead.address_of(recipe)),
        "recipe": recipe,
        "alt": picture_html.alt_of(article.lead, article.lead_alt),
    }


@register.simple_tag
def byline(article):
    """“By Ana Ruiz; photographs by Ben Cole”, each name linked to the person's page."""
    named = bylines.byline_in_html(article.credits.all(), _linked)
    return named and format_html("<span>{}</span>", named)


def _linked(person):
    return format_html(
        '<a href="{}" rel="author"><bdi>{}</bdi></a>', person.get_absolute_url(), person
    )


@register.simple_tag
def structured_data(article):
    """The structured data of the article, as a JSON-LD block."""
    return html.json_ld(news_article(article))
