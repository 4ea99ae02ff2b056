"""The field's nouns, each defined once, in the order in which a reader meets them.

The ordered tuples are the codes that appear in files, arrays and results; the glossary page is
made from :data:`GLOSSARY`.
"""

from __future__ import annotations

RUNGS = ("sanctions", "arms", "air", "ground")
"""What a guarantor may do, in fixed order; rung 0 is consultation and protest."""

OBLIGATIONS = ("none", "consult", "assist", "as_deemed_necessary", "all_means")
"""What a clause asks of a guarantor at a rung; o = 0, 1/4, 1/2, 3/4, 1."""

BINDINGS = ("none", "political", "executive_agreement", "statute", "ratified_treaty")
"""Legal form of a layer, B = 0 .. 4."""

RULES = (
    "each",
    "lead",
    "coalition",
    "majority",
    "weighted_majority",
    "consensus",
    "security_council",
)
"""How guarantors decide together."""

ARBITERS = ("each", "joint_commission", "lead", "security_council")
"""Who rules on whether an act is the casus foederis."""

ACTIVATIONS = ("signature", "ratification", "ceasefire", "peace_treaty")
"""What must have happened before a layer's peacetime or response clauses are in force."""

COUNTED_FROM = ("event", "request", "first_breach")
LADDER_WHEN = ("always", "continues", "widens")
PLACES = ("front", "rear", "neighbour")
VOIDS = ("never", "crisis", "permanent")
SNAPBACKS = ("none", "automatic", "vote")
OPTION_CLASSES = ("incident", "limited", "full")
STATES = ("peace", "mobilised", "campaign", "ceasefire", "lost")
STARTS = ("peace", "ceasefire", "war")

CAMPAIGN_ENDS = (
    "objective",
    "repulse",
    "stopped",
    "ceasefire",
    "escalation",
    "horizon",
    "conceded",
)

WHY_ATTACKED = ("undeterrable_here", "disbelieved")
"""First code of an attack: would it have come even if every guarantor were sure to honour?"""

WHY_NOT_STOPPED = (
    "held",
    "not_yet_in_force",
    "lapsed_or_exited",
    "void",
    "not_covered",
    "not_recognised",
    "blocked_by_the_rule",
    "reneged",
    "too_late",
    "too_weak",
)
"""Second code of an attack: which stage of the guarantee gave way."""

GLOSSARY: dict[str, str] = {
    "protégé": "The state a guarantee protects (here Ukraine); `protege` in code.",
    "challenger": "The state that may attack the protégé (here Russia).",
    "guarantor": "A state that may help the protégé, with or without a commitment to do so.",
    "framework": "An ordered list of layers; data, not code.",
    "layer": "One text or arrangement: a set of clauses that names its guarantors.",
    "clause": "One term of a layer, with a variable and an equation.",
    "obligation": "What a clause asks of a guarantor at a rung, from nothing to all means.",
    "binding": "The legal form of a layer, from none to a ratified treaty.",
    "rung": "What a guarantor does: sanctions and finance; arms, intelligence and air defence; "
    "air and maritime force; ground troops.",
    "aggression option": "What the challenger may do, from sabotage to a full-scale invasion.",
    "incident": "Any live use of force or grey-zone act.",
    "force": "An act of severity 0.3 or more.",
    "war": "A campaign in which both sides' losses exceed a threshold: an outcome, not an option.",
    "casus foederis": "The event that binds the guarantor; whether an act is one is recognition.",
    "activation": "What must have happened before a clause is in force at all; not the trigger.",
    "trigger": "Which acts a layer covers, and from which severity.",
    "resolve": "How willing a guarantor is without any commitment; private, in probit units.",
    "credibility": "An observer's belief that a guarantor will act; never the resolve itself.",
    "stance": "How a guarantor's present government departs from its state's resolve.",
    "general deterrence": "The challenger refrains at an opportunity.",
    "immediate deterrence": "The challenger has mobilised and stands down.",
    "occasion": "The number that addresses a draw: the candidate's, never a running count.",
    "candidate": "A moment at which the challenger might act; it is live if it is not thinned out.",
    "heat": "A log-odds term that jumps after an incident and fades over years.",
    "exhaustion": "A negative log-odds term after a war that fades over years.",
    "scenario": "The story a user writes in YAML.",
    "case": "A point in an experiment's design.",
    "run": "A case and a replication.",
    "replication": "One possible history; the same number meets the same luck everywhere.",
    "twins": "The same replication under two frameworks, sharing their luck.",
    "lever": "A choice of clauses.",
    "measure": "An output; what a guarantor does is a response.",
    "honoured": "A guarantor did at least what it owed in a crisis that bound it.",
    "ad hoc": "Help a guarantor gives on its own motion, as under no framework at all.",
    "tripwire": "A token force whose loss is meant to bring in its sender.",
    "fait accompli": "An objective taken before help can arrive.",
    "baseline": "The aid, sanctions and forces that exist anyway, under every framework.",
}

CODES: dict[str, dict[str, str]] = {
    "RUNGS": {
        "sanctions": "Sanctions on the challenger, and finance for the protégé.",
        "arms": "Arms, intelligence and air defence.",
        "air": "Air and maritime force.",
        "ground": "Ground troops.",
    },
    "OBLIGATIONS": {
        "none": "Nothing is owed.",
        "consult": "To consult.",
        "assist": "To assist.",
        "as_deemed_necessary": "To do what each deems necessary.",
        "all_means": "To use all means.",
    },
    "BINDINGS": {
        "none": "No legal form.",
        "political": "A political commitment.",
        "executive_agreement": "An agreement that binds by signature of the executive.",
        "statute": "A law; needs a parliament.",
        "ratified_treaty": "A treaty; needs a parliament.",
    },
    "RULES": {
        "each": "Each member decides for itself.",
        "lead": "The lead decides for all.",
        "coalition": "The k most willing set the level.",
        "majority": "More than half of the members set the level.",
        "weighted_majority": "A quota of weighted votes sets the level.",
        "consensus": "The least willing member sets the level.",
        "security_council": "Fails if the challenger, or a friend of its, holds a veto.",
    },
    "ARBITERS": {
        "each": "Each member reads the event for itself.",
        "joint_commission": "A joint commission rules.",
        "lead": "The lead rules.",
        "security_council": "The Security Council rules, vetoes included.",
    },
    "ACTIVATIONS": {
        "signature": "The layer is signed.",
        "ratification": "The member's parliament has ratified it.",
        "ceasefire": "A ceasefire has begun.",
        "peace_treaty": "A peace treaty is in force.",
    },
    "COUNTED_FROM": {
        "event": "A deadline runs from the event.",
        "request": "A deadline runs from the protégé's request.",
        "first_breach": "A deadline runs from the first breach.",
    },
    "LADDER_WHEN": {
        "always": "The step is taken in any case.",
        "continues": "The step is taken if the attack goes on.",
        "widens": "The step is taken if the attack has been widened.",
    },
    "PLACES": {
        "front": "Forces stand at the front.",
        "rear": "Forces stand in the protégé's rear.",
        "neighbour": "Forces stand in a neighbouring state.",
    },
    "VOIDS": {
        "never": "A ruling that the protégé provoked the attack changes nothing.",
        "crisis": "Such a ruling voids the layer for this crisis.",
        "permanent": "Such a ruling voids the layer for good.",
    },
    "SNAPBACKS": {
        "none": "Sanctions come back only as guarantors choose.",
        "automatic": "Full sanctions come back by themselves after an attack.",
        "vote": "Full sanctions come back if members vote so.",
    },
    "OPTION_CLASSES": {
        "incident": "An act without a campaign.",
        "limited": "A campaign for a part of the prize.",
        "full": "A campaign for full control.",
    },
    "STATES": {
        "peace": "No campaign and no mobilisation.",
        "mobilised": "The challenger has mobilised and not yet attacked.",
        "campaign": "Fighting for an objective.",
        "ceasefire": "Fighting has stopped without a peace.",
        "lost": "The history has ended: full control, or major escalation.",
    },
    "STARTS": {
        "peace": "The history begins in peace.",
        "ceasefire": "The history begins in a ceasefire after a war.",
        "war": "The history begins with a campaign under way.",
    },
    "CAMPAIGN_ENDS": {
        "objective": "The challenger reached its objective.",
        "repulse": "The challenger was thrown back.",
        "stopped": "The challenger stopped: to go on did not pay.",
        "ceasefire": "Both sides accepted a ceasefire.",
        "escalation": "It became a major escalation.",
        "horizon": "It was still going on when the history ended.",
        "conceded": "The protégé did not resist.",
    },
    "WHY_ATTACKED": {
        "undeterrable_here": "It would have come though every member were sure to do what it owes.",
        "disbelieved": "It would not have come, had the challenger believed the commitment.",
    },
    "WHY_NOT_STOPPED": {
        "held": "It was stopped: repulsed, or given up with nothing gained.",
        "not_yet_in_force": "No layer bound anybody yet.",
        "lapsed_or_exited": "Layers had run out, or members had left.",
        "void": "The guarantee was void.",
        "not_covered": "The act, its region or its severity was not covered.",
        "not_recognised": "It was not recognised as the event that binds.",
        "blocked_by_the_rule": "Members were willing, the decision rule was not met.",
        "reneged": "Nobody bound was willing, or had been asked when it was over.",
        "too_late": "Help was decided on, or a member was ready to act, and nothing that adds "
        "strength came in time; an answer of sanctions only counts here.",
        "too_weak": "Help arrived and was not enough.",
    },
}
"""What each code of the tuples above means; the glossary page shows them all."""

CODE_TITLES = {
    "RUNGS": "Rungs of response",
    "OBLIGATIONS": "Obligation at a rung",
    "BINDINGS": "Legal form of a layer",
    "RULES": "Decision rule",
    "ARBITERS": "Arbiter of what happened",
    "ACTIVATIONS": "What puts clauses in force",
    "COUNTED_FROM": "From when a deadline runs",
    "LADDER_WHEN": "When a step of a ladder is taken",
    "PLACES": "Where forces stand",
    "VOIDS": "Effect of provocation by the protégé",
    "SNAPBACKS": "How sanctions come back",
    "OPTION_CLASSES": "Class of an aggression option",
    "STATES": "State of a history",
    "STARTS": "State at the start",
    "CAMPAIGN_ENDS": "How a campaign ends",
    "WHY_ATTACKED": "Why an attack came",
    "WHY_NOT_STOPPED": "Why an attack was not stopped",
}
"""What the codes are of, in words."""
