"""
The screening: rules that examine a comment before anybody reads it.

`past` loads everything that the rules need. `rules` are pure functions of that; their
findings lead to one decision. `wording` explains each finding to moderators.
"""

from comments.screening.past import (
    ExactFacts,
    load_exact_facts,
    load_history,
    load_posted,
    load_sent,
)
from comments.screening.rules import decide_status, run_rules

__all__ = [
    "ExactFacts",
    "decide_status",
    "load_exact_facts",
    "load_history",
    "load_posted",
    "load_sent",
    "run_rules",
]
