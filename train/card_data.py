"""The part of the model card that says what was learnt from."""

from __future__ import annotations

from typing import Any

from edge_digits.artifact import NOT_A_DIGIT
from train.teach import SPOILT, round_of


def is_calibrated(facts: dict[str, Any]) -> bool:
    """Whether the last layer was adjusted afterwards: of a user's own network it may be another kind."""
    return facts["labels"][-1] == NOT_A_DIGIT and "turned_away" in facts["recipe"]


def is_varied(facts: dict[str, Any]) -> bool:
    """Whether it is a user's own network, whose lessons are varied, with junk and own pictures or without."""
    return bool(facts["recipe"].get("own")) or "own" in facts["data"]


def whose_pictures(facts: dict[str, Any]) -> str:
    """Return whose the pictures are that were learnt and tested."""
    return "MNIST's" if facts["data"]["name"] == "MNIST" else "that data's"


def data_section(facts: dict[str, Any]) -> str:
    """Return what the network learnt from, as Markdown, of facts as `train.report.record` gathers them."""
    data, whose = facts["data"], whose_pictures(facts)
    name = "MNIST" if data["name"] == "MNIST" else f"A user's {data['name']}"
    text = f"""{name}: {data["fit"]:,} pictures to learn from, {data["validation"]:,} held out for
validation (the same ones whatever the seed), {data["test"]:,} to test."""
    if "own" in data:
        kinds = ", ".join(f"{count} of {label}" for label, count in data["own"].items())
        right, held = data["own_held_out"]
        text += f""" Besides, {sum(data["own"].values()):,} pictures of the user's own to learn from
({kinds}) and {held} to check by, of which {right} are read rightly (printed by `{facts["command"]}`); the
test figures are of {whose} pictures alone."""
    if is_varied(facts):
        text += " All that is learnt is varied anew in each epoch."
        if "lessons" not in data:
            return f"{text} The test pictures are looked at once, after all choices are made."
    if "lessons" not in data:
        return f"""{text} The test pictures are looked at once, after all choices are made. Nothing is
added to the pictures and nothing altered."""
    text += f" {_decided(facts)}"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in data["lessons"].items())
    if whose != "MNIST's":
        kinds = kinds.replace("MNIST digits", "digits of that data")
    return f"""{text} The validation pictures are {whose} and, beside them, cut-outs of rendered pages and
junk that were made with other seeds and other digits.

An epoch holds {kinds}. All but the last six kinds are varied{_anew(facts["recipe"])}: turned, slanted,
stretched, moved, bent, written with a thinner or thicker pen, blurred, made paler, cut off at a side or made
of few pixels; less so over the last fifth of the epochs.
{_stretched(data)}{_spoilt(facts["recipe"])}Pages are rendered by `train.scenes` and cut up by the
runtime's own segmentation. Drawn digits show rare ways of writing, such as
a 1 with a long upstroke or an open 4, as often as common ones (`train.drawn`). {_printed(data)}Signs that are
a digit to the eye, such as O, l, S, Z or a bare bar, are not taught as "none". Omniglot (Lake, Salakhutdinov
and Tenenbaum, 2015) is the small background set 1; half of each alphabet, the characters of even number, is
held out, the other half also taught turned and mirrored."""


def _decided(facts: dict[str, Any]) -> str:
    """Say what the test pictures had a part in."""
    text = "The test digits decide nothing: recipe, epoch and last layer are chosen by the others"
    if not is_calibrated(facts):
        return f"{text}."
    return f"""{text}, but for one number of the recipe: how many digits may be turned away was raised once
what earlier networks took for digits had been seen on the test junk."""


def _stretched(data: dict[str, Any]) -> str:
    if "stretched" not in data:
        return ""
    narrowed, widened = (100 * share for share in data["stretched"])
    return f"""Before that, {narrowed:g} % are squeezed, as slender hands and condensed typefaces write, and
{widened:g} % widened (`train.stretch`). """


def _printed(data: dict[str, Any]) -> str:
    if not any("printed" in kind for kind in data["lessons"]):
        return ""
    return """What is printed is letters, signs and some digits in the typefaces that come with matplotlib
(`train.typeset`). """


def _anew(recipe: dict[str, Any]) -> str:
    return "" if recipe.get("teachers") else " anew each time"


def _spoilt(recipe: dict[str, Any]) -> str:
    if not recipe.get("teachers"):
        return ""
    made = len(round_of(recipe["epochs"]))
    repeated = f"""As larger networks are asked about each of them (see "Recipe"), only {made} such epochs are
made, and learnt again in new orders. """
    return f"""{repeated if made < recipe["epochs"] else ""}Then {100 * SPOILT:g} % of all crops are spoilt
(`train.spoil`): grain, specks, blur, a strong turn or slant, uneven light, bands of dark ground, blots,
strokes across, bare outlines. """
