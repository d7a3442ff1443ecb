import re
from collections import Counter
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.importers.records import ImportRefused
from articles.importers.text import article_from, read
from articles.markup import clean_article, sections

LONG = (
    "The harbour council met on Tuesday evening and agreed, after four hours of argument, "
    "that the old crane should stay where it has stood since 1911."
)
LONGER = (
    "Its members had heard an engineer, two historians and the woman who oils its gears; "
    "nobody in the room could say what it would cost, and nobody seemed to mind."
)
MORE = (
    "The ferry company, which wants the quay for its new terminal, said that it would read "
    "the decision before it said anything about the decision."
)
PAGE_ENDS = ["Leave a Reply", "Older Newer"]


def blocks(article):
    """What the body consists of: the tag and the text of each block, list items among them."""
    found = re.findall(r"<(h2|h3|p|li)>(.*?)</\1>|<(hr)>", article.body)
    return [(tag or rule, unescape(text)) for tag, text, rule in found]


def document(*paragraphs):
    """Blocks with a blank line between them."""
    return "\n\n".join(paragraphs)


def staircase(*paragraphs):
    """Paragraphs on consecutive lines, each indented deeper than the one before."""
    return "\n".join(
        "  " * depth + paragraph for depth, paragraph in enumerate(paragraphs)
    )


def kinds(article):
    return [tag for tag, _ in blocks(article)]


def titles(article):
    return [(tag, text) for tag, text in blocks(article) if tag in {"h2", "h3"}]


# The document the format is named for


# How else the same document could have been saved: a pattern and what takes its place.
LAYOUTS = [
    (r"(?m)^ +", ""),
    (r"(?m)^ +", "\t"),
    (r"\n", "\r\n"),
    (r"\n", "\n\n"),
    (r"(?m)^(?=.)", "        "),
    (r"(?m)$", "  "),
    (r"\n\n+", "\n\n\n\n"),
    (r"(?m)^ *$", "\xa0"),
    ("Previous Post Next Post", "Previous Post\nNext Post\n"),
    ("Post a Comment", "© 2025 A Newspaper, Inc."),
    (r"(?s)\s+Post a Comment.*", ""),
]


@pytest.fixture
def seed(samples):
    [article] = read(samples / "seed" / "macron-reassurance-force.txt")
    return article


def test_the_seed_has_its_title_and_standfirst(seed):
    assert seed.title == (
        "Macron Reveals 26 Nations Will Send Troops to Ukraine After the War"
    )
    assert seed.standfirst.startswith(
        "Explore the impactful 26-nation “".replace("“", '"')
    )
    assert seed.standfirst.endswith("diplomatic strategies for lasting peace.")


def test_the_seed_has_nine_sections_and_seven_subheadings(seed):
    assert titles(seed) == [
        ("h2", "Ukraine's Future"),
        ("h3", "A New Dawn with a 26-Nation Reassurance Force"),
        ("h2", "The Genesis of a Pledge"),
        ("h3", "A New Era for Ukraine's Security"),
        ("h2", "The Architecture of Deterrence"),
        ("h3", "What the Reassurance Force Entails"),
        ("h2", "America's Evolving Role"),
        ("h3", "A Dance of Support and Responsibility"),
        ("h2", "The Diplomatic Chessboard"),
        ("h3", "Pressuring for Peace"),
        ("h2", "Economic Levers"),
        ("h3", "Squeezing the War Machine"),
        ("h2", "Geopolitical Implications"),
        ("h3", "A Shifting Landscape"),
        ("h2", "Challenges and the Path Forward"),
        ("h2", "A New Horizon for Ukraine"),
    ]


def test_every_line_of_the_seed_is_in_its_place(seed, samples):
    text = (samples / "seed" / "macron-reassurance-force.txt").read_text()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert [text for _, text in blocks(seed)] == lines[2:-2]
    assert kinds(seed).count("p") == len(lines) - 4 - 16
    assert seed.left_out == tuple(lines[-2:])


def test_the_seed_keeps_its_typography_and_loses_its_indentation(seed):
    text = unescape(seed.body)
    for kept in [" – ", "hope—a", "€1.1 billion", '"coalition of the willing"']:
        assert kept in text
    assert not re.search(r">[ \t]|[ \t]<|  ", seed.body)


def test_the_furniture_of_the_seed_is_not_in_its_body(seed):
    for words in ["Post a Comment", "Previous Post", "Next Post"]:
        assert words not in seed.body
        assert words in " ".join(seed.left_out)


@pytest.mark.parametrize(("old", "new"), LAYOUTS)
def test_the_seed_laid_out_in_another_way_is_the_same_article(seed, samples, old, new):
    text = (samples / "seed" / "macron-reassurance-force.txt").read_text()
    changed = re.sub(old, new, text)
    assert changed != text
    article = article_from(changed)
    assert blocks(article) == blocks(seed)
    assert article.standfirst == seed.standfirst


def test_the_seed_without_its_standfirst_keeps_its_sections(seed, samples):
    text = (samples / "seed" / "macron-reassurance-force.txt").read_text()
    article = article_from(text.replace(seed.standfirst, ""))
    assert article.standfirst == ""
    assert blocks(article) == blocks(seed)


def test_the_seed_without_its_subheadings_keeps_its_sections(seed, samples):
    text = (samples / "seed" / "macron-reassurance-force.txt").read_text()
    for tag, title in titles(seed):
        if tag == "h3":
            text = text.replace(f"{title}\n", "\n")
    article = article_from(text)
    assert blocks(article) == [block for block in blocks(seed) if block[0] != "h3"]


# Documents laid out like it


def test_a_document_of_one_section():
    article = article_from(
        document("The Crane Stays", "A vote, at last.", "The Vote", LONG, *PAGE_ENDS)
    )
    assert article.title == "The Crane Stays"
    assert article.standfirst == "A vote, at last."
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]
    assert article.left_out == ("Leave a Reply", "Older Newer")


def test_paragraphs_that_climb_a_staircase():
    article = article_from(
        document(
            "The Crane Stays",
            "A vote, at last.",
            "The Vote",
            "Four Hours in a Cold Room",
            staircase(LONG, LONGER, MORE),
            "      The Crane",
            staircase(LONG, "Nobody moved.", MORE),
        )
    )
    assert blocks(article) == [
        ("h2", "The Vote"),
        ("h3", "Four Hours in a Cold Room"),
        ("p", LONG),
        ("p", LONGER),
        ("p", MORE),
        ("h2", "The Crane"),
        ("p", LONG),
        ("p", "Nobody moved."),
        ("p", MORE),
    ]


def test_an_article_without_a_standfirst_begins_with_its_first_section():
    article = article_from(
        document("Title", "First", LONG, "Second", "With More", LONGER, "Third", MORE)
    )
    assert article.standfirst == ""
    assert titles(article) == [
        ("h2", "First"),
        ("h2", "Second"),
        ("h3", "With More"),
        ("h2", "Third"),
    ]


def test_without_a_standfirst_the_first_section_may_have_a_subheading():
    article = article_from(
        document("T", "First", "One", LONG, "Second", "Two", LONGER, "Third", MORE)
    )
    assert article.standfirst == ""
    assert titles(article)[:2] == [("h2", "First"), ("h3", "One")]


def test_an_article_without_any_heading():
    article = article_from(
        document("The Crane Stays", "A vote, at last.", staircase(LONG, LONGER, MORE))
    )
    assert article.standfirst == "A vote, at last."
    assert kinds(article) == ["p", "p", "p"]


def test_paragraphs_right_under_the_title_are_no_standfirst():
    article = article_from(document("The Crane Stays", staircase(LONG, LONGER, MORE)))
    assert article.standfirst == ""
    assert blocks(article) == [("p", LONG), ("p", LONGER), ("p", MORE)]


def test_one_paragraph_is_the_article_and_not_its_standfirst():
    article = article_from(document("The Crane Stays", LONG, *PAGE_ENDS))
    assert (article.standfirst, blocks(article)) == ("", [("p", LONG)])


@pytest.mark.parametrize(
    "standfirst",
    [
        "What the council decided about the crane on the quay, and what it will cost the city in the end",
        "What the council decided about the old crane on the quay, and why",
    ],
)
def test_a_standfirst_may_lack_its_full_stop(standfirst):
    article = article_from(
        document("Title", standfirst, "The Vote", LONG, "The Crane", LONGER)
    )
    assert article.standfirst == standfirst
    assert titles(article) == [("h2", "The Vote"), ("h2", "The Crane")]


def test_a_long_line_under_the_title_is_the_standfirst_where_headings_are_short():
    standfirst = "What the council decided about the crane, and why it matters"
    article = article_from(
        document("T", standfirst, "The Vote", LONG, "The Crane", "Rust", LONGER)
    )
    assert article.standfirst == standfirst
    assert titles(article)[0] == ("h2", "The Vote")


def test_among_paragraphs_only_a_short_first_one_is_a_standfirst():
    short = document("Title", "The crane stays.", LONG, LONGER, MORE)
    assert article_from(short).standfirst == "The crane stays."
    assert article_from(document("Title", LONG, LONGER, MORE, LONG)).standfirst == ""


def test_a_third_line_like_a_heading_under_the_title_is_the_standfirst():
    article = article_from(document("Title", "In brief", "The Vote", "Late", LONG))
    assert article.standfirst == "In brief"
    assert titles(article) == [("h2", "The Vote"), ("h3", "Late")]


def test_a_title_without_a_blank_line_after_it():
    article = article_from(f"Title\nIn short, the crane stays.\n\nThe Vote\n\n{LONG}")
    assert article.title == "Title"
    assert article.standfirst == "In short, the crane stays."
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]


def test_a_document_of_one_line_is_a_title():
    article = article_from("  The Crane Stays\n")
    assert (article.title, article.standfirst, article.body) == (
        "The Crane Stays",
        "",
        "",
    )


def test_blank_lines_may_be_many_and_hold_spaces():
    article = article_from(
        f"\n\n  Title  \n \t\n\xa0\n\nIn short.\n\n\n\nThe Vote\n\u200b\n\n{LONG}\n\n\n\n{LONGER}\n\n"
    )
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG), ("p", LONGER)]


@pytest.mark.parametrize("line_break", ["\r\n", "\r", "\n\r\n", "\u2029", "\x85"])
def test_every_kind_of_line_break(line_break):
    text = document("Title", "In short.", "The Vote", LONG, LONGER)
    article = article_from(text.replace("\n", line_break))
    assert blocks(article)[:1] == [("h2", "The Vote")]
    assert [text for _, text in blocks(article)[1:]] == [LONG, LONGER]


def test_tabs_and_hard_spaces_indent_as_well():
    article = article_from(
        document("Title", "In short.", "\t\tThe Vote", f"\xa0\xa0\u3000{LONG}\t")
    )
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]


def test_a_hard_space_inside_a_line_stays():
    heading = "Wer\xa0zahlt 5\u202f000\xa0€"
    article = article_from(document("Title", "In short.", heading, LONG))
    assert titles(article) == [("h2", heading)]


# Headings


@pytest.mark.parametrize(
    "heading",
    [
        "Who Pays for the Crane?",
        "Money: A Short History",
        "The Engineer’s Report (Part Two)",
        "“Not in My Harbour”",
        "2024",
        "1. The Beginning",
        "Relations With the U.S.",
        "What St. Helens Has That We Do Not",
        "Three Things to Know:",
        "A Long Heading That Goes On and On Because Its Writer Could Not Decide What the Section Is Really About",
    ],
)
@pytest.mark.parametrize("layout", [staircase, document])
def test_a_heading_may_look_like_this(heading, layout):
    article = article_from(
        document(
            "The Crane Stays",
            "In short.",
            "The Night of the Vote",
            layout(LONG, LONGER),
            heading,
            layout(MORE, LONG),
            "The Morning After",
            layout(LONGER, MORE),
        )
    )
    assert titles(article) == [
        ("h2", "The Night of the Vote"),
        ("h2", heading),
        ("h2", "The Morning After"),
    ]


@pytest.mark.parametrize(
    "paragraph",
    [
        "Nobody moved.",
        "“We will not sell it.”",
        "“We will not sell it”, she said, “never.”",
        "“We will never, ever sell it to anyone”",
        "“Never!”",
        "She paused …",
        "She paused…",
        "(He did not laugh.)",
        "– We will not sell it",
        "— The mayor, on Tuesday",
        "For three reasons,",
        "https://harbour.example/crane",
        "It was late. Nobody moved",
        "But who will pay for all of this?",
        "It was not even close!",
        "🎉",
        "The mayor said that she would not read the report before the summer was over",
        "The engineer had looked at each of the four hundred gears, had found none of them wanting, and had said so in her report to the council",
    ],
)
@pytest.mark.parametrize("layout", [staircase, document])
def test_a_short_paragraph_is_no_heading(paragraph, layout):
    article = article_from(
        document(
            "The Crane Stays",
            "In short.",
            "The Night of the Vote",
            layout(LONG, LONGER),
            paragraph,
            layout(MORE, LONG),
            "The Morning After",
            layout(LONGER, MORE),
        )
    )
    assert ("p", paragraph) in blocks(article)
    assert titles(article) == [
        ("h2", "The Night of the Vote"),
        ("h2", "The Morning After"),
    ]


def test_a_colon_leads_to_a_list_or_a_quotation():
    article = article_from(
        document(
            "Title",
            "In short.",
            "The Vote",
            "There were three reasons:",
            "- the money\n- the rust\n- the view",
            "She said:",
            "“We will never sell it.”",
            LONG,
        )
    )
    assert titles(article) == [("h2", "The Vote")]


def test_a_paragraph_among_others_needs_no_full_stop():
    article = article_from(
        document("T", "In short.", "The Vote", staircase(LONG, "Nobody moved", MORE))
    )
    assert blocks(article)[1:] == [("p", LONG), ("p", "Nobody moved"), ("p", MORE)]


def test_heading_and_subheading_may_share_a_block():
    article = article_from(
        document("T", "In short.", "The Vote\n  Four Hours", LONG, "The Crane", LONGER)
    )
    assert titles(article) == [
        ("h2", "The Vote"),
        ("h3", "Four Hours"),
        ("h2", "The Crane"),
    ]


def test_a_heading_may_stand_right_above_its_text():
    article = article_from(
        document("T", "In short.", f"The Vote\n{LONG}\n{LONGER}", f"The Crane\n{MORE}")
    )
    assert titles(article) == [("h2", "The Vote"), ("h2", "The Crane")]


def test_a_heading_may_be_underlined():
    article = article_from(f"Title\n=====\n\nIn short.\n\nThe Vote\n--------\n{LONG}")
    assert article.title == "Title"
    assert article.standfirst == "In short."
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]


def test_where_sections_have_one_heading_a_question_after_it_is_a_paragraph():
    article = article_from(
        document(
            "T", "In short.", "One", LONG, "Two", MORE, "Three", "Who pays?", LONGER
        )
    )
    assert titles(article) == [("h2", "One"), ("h2", "Two"), ("h2", "Three")]


def test_where_sections_have_two_headings_a_question_can_be_the_second():
    article = article_from(
        document(
            "T",
            "In short.",
            "The Money",
            "A Short History",
            LONG,
            "The Crane",
            "Who Oils It?",
            LONGER,
        )
    )
    assert titles(article)[2:] == [("h2", "The Crane"), ("h3", "Who Oils It?")]


def test_where_sections_have_one_heading_one_may_have_a_subheading_all_the_same():
    article = article_from(
        document("T", "In short.", "One", LONG, "Two", MORE, "Three", "Rust", LONGER)
    )
    assert titles(article)[2:] == [("h2", "Three"), ("h3", "Rust")]


def test_an_exclamation_between_blank_lines_stands_out_where_paragraphs_do_not():
    lines = "Der Kran bleibt", "Kurz gesagt.", "Was jetzt kommt", LONG
    exclamation = "Das reicht jetzt!"
    apart = article_from(
        document(*lines[:3], staircase(LONG, MORE), exclamation, staircase(LONG, MORE))
    )
    assert ("h2", exclamation) in blocks(apart)
    among = article_from(document(*lines, MORE, exclamation, LONG, LONGER, MORE))
    assert ("p", exclamation) in blocks(among)


def test_a_wide_character_counts_twice():
    paragraph = "港口委员会星期二晚上开会经过四个小时的争论" * 4
    article = article_from(document("题目", "简短。", "第一", LONG, paragraph, LONG))
    assert titles(article) == [("h2", "第一")]


def test_of_many_lines_like_headings_the_last_two_are_headings():
    article = article_from(
        document(
            "T", "Short.", "The Vote", LONG, "Ada", "Bo", "The Crane", "Rust", MORE
        )
    )
    assert blocks(article)[2:] == [
        ("p", "Ada"),
        ("p", "Bo"),
        ("h2", "The Crane"),
        ("h3", "Rust"),
        ("p", MORE),
    ]


# Other languages


LANGUAGES = {
    "German": (
        [
            "Der Kran bleibt stehen",
            "Der Rat hat nach vier Stunden entschieden.",
            "Die Nacht der Entscheidung",
            "Der Hafenrat tagte am Dienstagabend und beschloss nach vier Stunden, dass der alte Kran stehen bleibt.",
            "Wie geht es weiter?",
            "Die Reederei, die den Kai für ihren Anleger haben will, äußerte sich zu der Entscheidung nicht.",
            "Der Preis des Stahls",
            "„Wir verkaufen ihn nicht.“",
            "Niemand im Saal konnte sagen, was die Ausbesserung der Zahnräder die Stadt am Ende kosten wird.",
        ],
        ["Kommentar verfassen", "Vorheriger Beitrag Nächster Beitrag"],
        ["Die Nacht der Entscheidung", "Wie geht es weiter?", "Der Preis des Stahls"],
    ),
    "French": (
        [
            "La grue reste sur le quai",
            "Le conseil a tranché après quatre heures de débat.",
            "Une nuit de débats",
            "Le conseil du port s’est réuni mardi soir et a décidé, au bout de quatre heures, que la vieille grue resterait.",
            "Qui va payer\xa0?",
            "«\xa0Nous ne la vendrons pas.\xa0»",
            "Personne dans la salle n’a pu dire ce que la réparation des engrenages coûterait à la ville, ni quand.",
            "Et maintenant",
            "La compagnie des ferries, qui veut le quai pour son terminal, n’a pas souhaité commenter la décision.",
        ],
        ["Laisser un commentaire", "Article précédent", "Article suivant"],
        ["Une nuit de débats", "Qui va payer\xa0?", "Et maintenant"],
    ),
    "Spanish": (
        [
            "La grúa se queda en el muelle",
            "El consejo decidió tras cuatro horas.",
            "Una noche larga",
            "El consejo del puerto se reunió el martes por la noche y decidió, tras cuatro horas, que la vieja grúa se queda.",
            "¿Quién va a pagar?",
            "Nadie en la sala supo decir cuánto costará a la ciudad la reparación de los engranajes ni cuándo se hará.",
        ],
        ["Publicar un comentario"],
        ["Una noche larga", "¿Quién va a pagar?"],
    ),
    "Greek": (
        [
            "Ο γερανός μένει",
            "Το συμβούλιο αποφάσισε.",
            "Μια μεγάλη νύχτα",
            "Το συμβούλιο του λιμανιού συνεδρίασε την Τρίτη το βράδυ και αποφάσισε ότι ο παλιός γερανός θα μείνει.",
            "Ποιος θα πληρώσει;",
            "Κανείς στην αίθουσα δεν μπορούσε να πει πόσο θα κοστίσει στην πόλη η επισκευή των γραναζιών του.",
        ],
        ["Αφήστε ένα σχόλιο"],
        ["Μια μεγάλη νύχτα", "Ποιος θα πληρώσει;"],
    ),
    "Russian": (
        [
            "Кран остаётся",
            "Совет принял решение.",
            "Долгая ночь",
            "Совет порта собрался во вторник вечером и после четырёх часов споров решил, что старый кран останется.",
            "Кто заплатит?",
            "Никто в зале не мог сказать, во сколько обойдётся городу ремонт шестерён и когда он начнётся.",
        ],
        ["Оставить комментарий", "Предыдущая запись", "Следующая запись"],
        ["Долгая ночь", "Кто заплатит?"],
    ),
    "Chinese": (
        [
            "老起重机留在码头",
            "港口委员会经过四小时辩论作出决定。",
            "漫长的一夜",
            "港口委员会星期二晚上开会，经过四个小时的争论，决定让一九一一年建成的老起重机留在原来的地方。",
            "谁来付钱？",
            "会议室里没有人能说出修理齿轮要花城市多少钱，也没有人能说出工程什么时候开始。",
        ],
        ["发表评论", "上一篇 下一篇"],
        ["漫长的一夜", "谁来付钱？"],
    ),
    "Arabic": (
        [
            "الرافعة باقية",
            "اتخذ المجلس قراره بعد أربع ساعات.",
            "ليلة طويلة",
            "اجتمع مجلس الميناء مساء الثلاثاء وقرر بعد أربع ساعات من النقاش أن تبقى الرافعة القديمة في مكانها.",
            "من سيدفع؟",
            "لم يستطع أحد في القاعة أن يقول كم سيكلف إصلاح التروس المدينة ولا متى سيبدأ العمل فيها.",
        ],
        ["أضف تعليقا", "التالي السابق"],
        ["ليلة طويلة", "من سيدفع؟"],
    ),
    "Hindi": (
        [
            "क्रेन यहीं रहेगी",
            "परिषद ने चार घंटे बाद फ़ैसला किया।",
            "एक लंबी रात",
            "बंदरगाह परिषद की बैठक मंगलवार की शाम हुई और चार घंटे की बहस के बाद तय हुआ कि पुरानी क्रेन यहीं रहेगी।",
            "पैसा कौन देगा?",
            "कमरे में कोई नहीं बता सका कि पहियों की मरम्मत पर शहर का कितना ख़र्च होगा और काम कब शुरू होगा।",
        ],
        ["टिप्पणी करें"],
        ["एक लंबी रात", "पैसा कौन देगा?"],
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_does_not_matter(language):
    lines, furniture, headings = LANGUAGES[language]
    article = article_from(document(*lines, *furniture))
    assert article.title == lines[0]
    assert article.standfirst == lines[1]
    assert titles(article) == [("h2", heading) for heading in headings]
    assert [text for _, text in blocks(article)] == lines[2:]
    assert article.left_out == tuple(furniture)


# Furniture


@pytest.mark.parametrize(
    "furniture",
    [
        ["Post a Comment", "Previous Post Next Post"],
        ["Post a Comment\nPrevious Post\nNext Post"],
        ["Post a Comment", "Previous Post\n   Next Post"],
        ["Share this:", "Mail", "Print", "← Older", "Newer →"],
        ["12 comments"],
        ["***", "Back to top"],
        ["Related", "Want more?", "Subscribe"],
        ["Home | News | Sport", "© 2024 The Harbour Post. All rights reserved."],
        ["A Last Heading"],
        [
            "Post a Comment",
            "Older: How the Harbour Council Learned to Love Its Rusty Old Crane",
        ],
    ],
)
def test_short_lines_after_the_last_paragraph_are_left_out(furniture):
    article = article_from(document("T", "Short.", "The Vote", LONG, *furniture))
    assert blocks(article) == [("h2", "The Vote"), ("p", LONG)]
    assert article.left_out == tuple(
        line.strip() for block in furniture for line in block.split("\n")
    )


@pytest.mark.parametrize(
    "ending",
    [
        "Nobody moved.",
        "And who will pay?",
        "“We will never, ever sell it to anyone”",
        "The harbour council will meet again in the autumn, and then it will decide what is to be done with the shed",
        "- the money\n- the rust",
    ],
)
def test_a_last_paragraph_is_not_furniture(ending):
    article = article_from(
        document("T", "Short.", "The Vote", LONG, ending, *PAGE_ENDS)
    )
    assert article.left_out == tuple(PAGE_ENDS)
    assert [text for _, text in blocks(article)][2:] == ending.replace("- ", "").split(
        "\n"
    )


def test_a_last_line_of_a_paragraph_block_stays_with_it():
    article = article_from(
        document("T", "Short.", "The Vote", staircase(LONG, "Nobody moved"), *PAGE_ENDS)
    )
    assert blocks(article)[-1] == ("p", "Nobody moved")
    assert article.left_out == tuple(PAGE_ENDS)


def test_a_document_of_short_lines_alone_keeps_them_all():
    article = article_from("Harbour Song\n\nRust and rope\nTar and tide\n\nGulls above")
    assert article.left_out == ()
    assert [text for _, text in blocks(article)] == [
        "Rust and rope",
        "Tar and tide",
        "Gulls above",
    ]


def test_a_long_list_of_short_lines_is_not_furniture():
    results = [f"Harbour {n} – Quay {n}" for n in range(13)]
    article = article_from(document("T", "Short.", "The Results", LONG, *results))
    assert article.left_out == ()
    assert [text for _, text in blocks(article)][-13:] == results


# Lists and rules


def test_lines_with_bullets_make_a_list():
    article = article_from(
        document(
            "T", "S.", "The Vote", LONG, "- the money\n  * the rust\n• the view", MORE
        )
    )
    assert "<ul>\n<li>the money</li>\n<li>the rust</li>\n<li>the view</li>\n</ul>" in (
        article.body
    )
    assert kinds(article) == ["h2", "p", "li", "li", "li", "p"]


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n    "])
def test_lines_with_numbers_in_order_make_a_list(between):
    items = between.join(["1. the money", "2. the rust", "3) the view"])
    article = article_from(document("T", "S.", "The Vote", LONG, items, MORE))
    assert "<ol>\n<li>the money</li>\n<li>the rust</li>\n<li>the view</li>\n</ol>" in (
        article.body
    )


def test_a_list_begins_with_the_number_it_has():
    article = article_from(document("T", LONG, "7. the rust\n8. the view"))
    assert '<ol start="7">' in clean_article(article.body)


@pytest.mark.parametrize(
    "lines", ["- the rust", "1. the rust.", "1990. A year.\n1991. A year."]
)
def test_one_mark_or_a_year_makes_no_list(lines):
    article = article_from(document("T", LONG, lines, MORE))
    assert "li" not in kinds(article)
    assert lines.split("\n")[0] in unescape(article.body)


def test_numbered_headings_keep_their_numbers():
    article = article_from(document("T", "S.", "1. Money", LONG, "2. Rust", MORE))
    assert titles(article) == [("h2", "1. Money"), ("h2", "2. Rust")]


def test_a_line_of_stars_is_a_rule():
    article = article_from(document("T", "S.", "The Vote", LONG, "* * *", MORE))
    assert kinds(article) == ["h2", "p", "hr", "p"]


# What must always hold


def test_markup_in_a_document_is_text():
    attack = "<script>alert(1)</script> & <b onclick=x>bold</b>, it said."
    article = article_from(document("<i>Title</i>", "A <b>.", "<h1>One</h1>", attack))
    assert article.title == "<i>Title</i>"
    assert blocks(article) == [("h2", "<h1>One</h1>"), ("p", attack)]
    assert "&lt;script&gt;" in clean_article(article.body)
    assert "<script" not in clean_article(article.body)


def test_an_empty_document_is_refused():
    for text in ["", "\n \t\n", "\xa0\u200b\ufeff"]:
        with pytest.raises(ImportRefused, match="empty"):
            article_from(text)


def test_the_source_is_told_by_title_and_standfirst():
    text = document("Title", "Short.", "One", LONG)
    source = article_from(text).source
    assert source.startswith("text:")
    assert article_from(text + MORE).source == source
    assert article_from(text.replace("Title", "Titel")).source != source
    assert article_from(text.replace("Short.", "Brief.")).source != source


pieces = st.one_of(
    st.text(),
    st.sampled_from(
        [
            *(
                LONG,
                MORE,
                "The Vote",
                "Who Pays?",
                "Nobody moved.",
                "“No”",
                "***",
                "---",
            ),
            *(
                "- rust",
                "1. one",
                "2. two",
                "<script>x</script>",
                "&amp;",
                "© 2024",
                "  ",
            ),
        ]
    ),
)
documents = st.lists(
    st.tuples(pieces, st.sampled_from(["\n", "\n\n", "\n\n\n  ", "\r\n\t", "\r"]))
).map(lambda parts: "".join(map("".join, parts)))


@given(documents)
def test_no_word_is_ever_lost(text):
    try:
        article = article_from(text)
    except ImportRefused:
        assert not text.strip(" \n\r\t\f\x85\xa0\u200b\u2060\ufeff" + spaces())
        return
    assert set(re.findall(r"<(\w+)", article.body)) <= {
        *("h2", "h3", "p", "ul", "ol", "li", "hr")
    }
    text_of_body = unescape(re.sub(r"<[^>]*>", " ", article.body))
    parts = [article.title, article.standfirst, text_of_body, *article.left_out]
    lost = words(text) - words(" ".join(parts))
    markers = Counter(re.findall(r"^\W*(\d{1,3})[.)]\s", text, re.MULTILINE))
    assert not lost - markers


def words(text):
    return Counter(re.findall(r"\w+", text))


def spaces():
    return "".join(c for c in map(chr, range(0x3001)) if c.isspace())


@given(documents)
def test_the_sanitiser_finds_nothing_to_take_out(text):
    try:
        article = article_from(text)
    except ImportRefused:
        return
    cleaned = clean_article(article.body)
    assert len(sections(cleaned)) == article.body.count("<h2>")
    for tag in ["h3", "p", "li", "ul", "ol", "hr"]:
        opening = re.compile(rf"<{tag}\b")
        assert len(opening.findall(cleaned)) == len(opening.findall(article.body))


@given(documents)
def test_headings_are_in_order_and_have_text_after_them(text):
    try:
        found = kinds(article_from(text))
    except ImportRefused:
        return
    assert not found or found[-1] not in {"h2", "h3"}
    for before, kind in pairwise(["p", *found]):
        assert kind != "h3" or before == "h2"
