"""The comments of the demo, and what moderators decide on them."""

from dataclasses import dataclass, field

APPROVED, PENDING, REJECTED, SPAM = "approved", "pending", "rejected", "spam"
# Withdrawn by its author before it was published, and after.
WITHDRAWN, BURIED = "withdrawn", "buried"


@dataclass(frozen=True)
class Remark:
    name: str
    body: str
    becomes: str = APPROVED
    reason: str = ""
    note: str = ""
    by_staff: bool = False
    picked: bool = False
    # The author's appeal, and the reasons of readers' reports.
    appeal: str = ""
    reports: list[str] = field(default_factory=list)
    replies: list["Remark"] = field(default_factory=list)


LONG = """I was born at number 22 and was seven in the winter of 1953, so let me put down what I remember before nobody does.

We had no gauge that telephoned anybody. We had Mr Pell, who lived in the customs house and had a bell, a real one, from a ship. He rang it at two in the morning and by the time he stopped the whole of Net Lane stood in the church, which is on the hill and was built there by people who knew why.

My father went back for the pig. Everybody told him not to. He came up the church path at first light with the pig under his coat, and my mother did not speak to him until Easter, and the pig lived to be eleven because after that nobody could eat it.

What I want to say is this. The water is the water. In 1953 it was half a metre higher than on Thursday and nobody was hurt then either, because there was one person whose job it was to be awake, and everybody knew who it was. You can have three telephones. I should like to know the name of the person."""

CONVERSATIONS = {
    "night-of-the-water": [
        Remark(
            "Edda Marsh",
            LONG,
            picked=True,
            replies=[
                Remark(
                    "Ruth A.",
                    "The bell is in the museum, on loan. I have asked for it back.",
                ),
                Remark(
                    "Ben Achterberg",
                    "The pig! My grandmother told that story and we never believed her.",
                    replies=[
                        Remark(
                            "Edda Marsh",
                            "Her name was Duchess. There is a photograph; I will bring it to the library.",
                            replies=[
                                Remark(
                                    "Ben Achterberg",
                                    "Then I owe my grandmother an apology, and flowers 💐",
                                ),
                            ],
                        ),
                    ],
                ),
            ],
        ),
        Remark(
            "Sami Haddad",
            "Who signs a handover without trying whether the telephone rings? One call. That is all it takes.",
            replies=[
                Remark(
                    "Clara Hollis",
                    "We have asked the county the same question. The answer is promised for the report at the end of the month, and we will print it.",
                    by_staff=True,
                ),
                Remark(
                    "Ole",
                    "Somebody who had eleven other handovers on the same day, I would guess.",
                ),
                Remark(
                    "Sami Haddad",
                    "Then there are eleven more telephones to try.",
                    PENDING,
                ),
            ],
        ),
        Remark(
            "Harbour cat",
            "The mark at number 14 is at 43 cm, not 41. I have a tape measure and nothing else to do.",
            BURIED,
            replies=[
                Remark("Jule", "Both can be right: the street slopes."),
                Remark(
                    "Clara Hollis",
                    "It does. Our figure is from the gauge at the bridge.",
                    by_staff=True,
                ),
            ],
        ),
        Remark(
            "نادية الحسن",
            "Thank you to the people who carried Mr Brandt down the stairs. شكراً لكم جميعاً",
            replies=[
                Remark(
                    "E. Brandt jun.",
                    "From his son as well. He has begun to complain, so he is fine.",
                ),
            ],
        ),
        Remark(
            "Tired of this",
            "The whole county office should be thrown into the river with a stone around its neck.",
            REJECTED,
            "abuse",
            "Threat, however tired.",
        ),
        Remark(
            "Neighbour",
            "The one from number 9 who was paid to watch it is K.L., mobile number on request.",
            REJECTED,
            "personal_data",
            appeal="K.L. is me. I was paid to watch it and I slept. May I not say so?",
        ),
        Remark(
            "DrySafe24",
            "Cellar pumps 70 % off today only!!! https://drysafe24.example/pumps https://drysafe24.example/pumps",
            SPAM,
        ),
        Remark(
            "Mina",
            "Where can one bring blankets? The gymnasium says it has enough, but the chapel hall has people too.",
            PENDING,
        ),
        Remark(
            "Old Quay",
            "Has anybody tested the wells yet? The official notices are here: https://www.example.org/harrowmouth/wells",
            PENDING,
        ),
    ],
    "last-bus": [
        Remark(
            "Night nurse",
            "I cried a little on the 20.40 just now. The driver asked what was wrong and I said: nothing, the opposite.",
            replies=[
                Remark("Driver, line 9", "That was me. See you at 23.55."),
                Remark("Second nurse", "And I thought I was the only one who cried."),
                Remark(
                    "Ward 3",
                    "> nothing, the opposite\n\nWe have this on the notice board now.",
                ),
                Remark("Josip", "For *eleven* people. I was the twelfth last night."),
                Remark(
                    "Quay 4",
                    "The display at the stop still says `23.15`. Somebody should tell it.",
                ),
                Remark("Night nurse", "It has been told. It does not believe it."),
                Remark("Driver, line 9", "It believed in the tram for two years, too."),
            ],
        ),
        Remark(
            "P. Castellan",
            "118,000 a year so that eleven people can come home in comfort. The roundabout at least is used by everybody.",
            reports=["off_topic", "abuse"],
            replies=[
                Remark("Dana", "Eleven people and the four hundred they look after."),
                Remark("P. Castellan", "A fair point. I withdraw the roundabout."),
            ],
        ),
        Remark("Tilda", "And Sundays?", PENDING),
        Remark("Tilda", "And Sundays? Nobody is ill on Sundays?", WITHDRAWN),
        Remark(
            "taxi_harrow",
            "Taxi to any address, day and night, call the number on our site https://taxi.example",
            REJECTED,
            "advertising",
        ),
        Remark(
            "Quentin",
            "The cats of Mill Hill deserve an article of their own. I could name six.",
            PENDING,
        ),
    ],
    "salt-marsh": [
        Remark(
            "Wader",
            "Forty metres of plants against a wall repaired three times. I read the footnote. It is worth it.",
        ),
        Remark(
            "Arne",
            "6.4 mm a year against 4.1: how sure is the 6.4? And is 4.1 the local gauge or the ocean?",
            replies=[
                Remark(
                    "Priya Nair",
                    "Plus or minus 0.7 over five years, at nine plots. The 4.1 are from the gauge at Harrowmouth bridge, so they hold for this estuary only.",
                    by_staff=True,
                ),
                Remark("Arne", "Thank you. That is more than I hoped for on a Sunday."),
            ],
        ),
        Remark(
            "Sheep farmer",
            "For the record: I offered that fence in 2021. Nobody wrote about it then.",
        ),
        Remark(
            "Truth Teller",
            "The sea does not rise at all, look it up",
            REJECTED,
            "off_topic",
        ),
    ],
    "town-budget": [
        Remark("Accountant", "The best use of a division sign this year."),
        Remark(
            "Lou",
            "0.40 for everything that makes me want to live here. Good to know.",
            BURIED,
            replies=[
                Remark("Marit", "And you can borrow a ladder for it."),
            ],
        ),
        Remark("FaxFriend", "The fax machine has a name. It is Brigitte.", PENDING),
    ],
    "tool-library": [
        Remark(
            "A reader",
            "I am not the one who sharpens the chisels, but I know who is, and I am not telling. 🤐",
        ),
        Remark(
            "M. Sand",
            "Walkie-talkie number two: if you read this, no questions will be asked. Over.",
            replies=[
                Remark("Anonymous", "…found it. In the tent. Over."),
            ],
        ),
        Remark(
            "Cheap Tools",
            "buy drill best price buy drill https://tools.example buy drill",
            SPAM,
        ),
    ],
    "backhaus": [
        Remark(
            "Gundula",
            "Gertrud lebt! Ich habe 1974 noch mitgebacken und hätte das nicht geglaubt.",
        ),
        Remark(
            "Hannes Vogt",
            "Am nächsten Samstag bitte den eigenen Schieber mitbringen, unserer hat Feuer gefangen.",
            PENDING,
        ),
    ],
    "school-kitchen": [
        Remark("Class 4b", "We want the recount to be counted again."),
    ],
    "chess-cafe": [
        Remark(
            "Anonymous",
            "The girl is my daughter. She says the left board is mate in six and she will be back when she is thirteen.",
        ),
    ],
}

# Errors that readers report, each with the correction that answers it, or None.
ERRORS = {
    "town-budget": [
        (
            "The bridge was opened twenty-one times this year, not nineteen. I open it.",
            "The swing bridge was opened twenty-one times this year. We had written nineteen.",
        ),
        (
            "“Two coffees and a roll”: not at the station. One coffee there is the whole day.",
            "",
        ),
    ],
}
