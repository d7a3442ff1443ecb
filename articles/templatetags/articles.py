from django import template
from django.utils.html import escape

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
    """The picture at the head of an article, with its caption and whose it is."""
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
    """The picture on the card of an article; nothing where it has none."""
    if article.lead is None:
        return ""
    return picture_html.card_picture(
        article.lead, alt=article.lead_alt, is_lead=is_lead
    )


@register.inclusion_tag("articles/_shared.html")
def shared_picture(article):
    """What other sites show of the article on their cards."""
    if article.lead is None:
        return {}
    [recipe] = article.lead.in_shape("share")
    return {
        "address": picture_html.absolute(article.lead.address_of(recipe)),
        "recipe": recipe,
        "alt": picture_html.alt_of(article.lead, article.lead_alt),
    }


@register.inclusion_tag("articles/_byline.html")
def byline(article):
    """“By Ana Ruiz; photographs by Ben Cole”, each name a link to the page of the person."""
    return {"parts": bylines.parts(article.credits.all())}


@register.simple_tag
def structured_data(article):
    """What machines read of the article, as JSON-LD."""
    return html.json_ld(news_article(article))
