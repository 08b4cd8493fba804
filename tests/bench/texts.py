"""Varied partner texts for load: no two alike, with the words of the trade, always the same for one number."""

import random

_SUBJECTS = (
    "our deal registration for {customer} was rejected without a reason",
    "the MDF claim for the {month} campaign is still not paid",
    "nobody can log in to the partner portal since {day}",
    "the price on quote Q-{number} does not match the list",
    "the lead from the {month} fair was given to two partners",
    "the firmware {number} stops the gateway of {customer}",
    "our tier was set back to silver although we made the target",
    "a second distributor sells to {customer} in our territory",
    "our channel contact does not answer since {day}",
    "the special bid for {customer} has expired before approval",
)
_WHY = (
    "The customer decides on {day} and we have nothing to show.",
    "We asked twice and got no answer.",
    "It is the third time this quarter.",
    "Our finance team cannot close {month} without it.",
    "Two of our engineers wait for it.",
)
_CUSTOMERS = ("Harbour Clinics", "Lakeside Schools", "Orchard Foods", "Granite Logistics", "Willow Bank", "Tower Media")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_MONTHS = ("January", "March", "May", "July", "September", "November")


def text(number: int) -> str:
    """The n-th text: two sentences, about 120 characters."""
    pick = random.Random(number)  # noqa: S311 - load, not secrets
    words = f"{pick.choice(_SUBJECTS)}. {pick.choice(_WHY)} (case {number})"
    names = {"customer": pick.choice(_CUSTOMERS), "day": pick.choice(_DAYS), "month": pick.choice(_MONTHS)}
    return words[0].upper() + words[1:].format(**names, number=pick.randint(1, 9999))
