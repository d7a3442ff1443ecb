import pytest

from articles.importers.text import article_from
from tests.articles.importers.text.documents import blocks, document, titles

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
