"""The model card: what a model is, how it was made and where it is weak, as Markdown."""

from __future__ import annotations

import statistics
import textwrap
from typing import Any, Final

from train.calibrate import BINS
from train.card_data import data_section, is_calibrated, is_varied, whose_pictures
from train.evaluate import CONFIDENT, SHIFT, headline, worst_pairs
from train.fit import TRUST

_PROPER: Final = {
    "python": "Python",
    "keras": "Keras",
    "tensorflow": "TensorFlow",
    "numpy": "NumPy",
    "jax": "JAX",
}


def card(facts: dict[str, Any]) -> str:
    """Return the model card as Markdown, each figure beside the command that prints it."""
    name, test = facts["model"], facts["test"]
    check = f"`{facts['check']}`"
    confused = ", ".join(
        f"{written} read as {read} ({times})"
        for written, read, times in worst_pairs(test["confusion"], facts["labels"])
    )
    text = f"""# {name}

{facts["summary"]}

A picture of one digit goes in: 28x28 grey, white ink on black, fitted to 20x20 with its centre of mass in
the middle, as (n, 28, 28, 1) float32 in 0..1. Out come {len(facts["labels"])} probabilities, one for each
of {", ".join(facts["labels"])}. The network has {facts["parameters"]:,} parameters.

`{name}.keras` is the trained model. The files a device runs are made from it by `python -m convert`;
`../manifest.json` says what each of them is.

## Figures

| | | printed by |
|---|---|---|
| test accuracy of this file | **{_percent(test["accuracy"])}** | {check} |
| misread, of {test["pictures"]:,} | {test["errors"]} | {check} |
| misread with a probability of {CONFIDENT} or more | {test["confident_errors"]} | {check} |
| {_validation_row(facts)} |
{_headline_rows(facts)}
{_spread(facts)}{_files(facts)}{_corrupted(facts)}## Data

{data_section(facts)}

## Recipe

    {facts["command"]}

{facts["recipe"]["epochs"]} epochs in batches of {facts["recipe"]["batch_size"]},
{_course(facts)}. The weights kept are those of the
epoch that does best on the validation pictures: here epoch {facts["best_epoch"]}. Of several seeds the first
one named is shipped, whatever the others reach on the test pictures: here {facts["seed"]}{_why_first(facts)}.

Made with {", ".join(f"{_PROPER[package]} {number}" for package, number in facts["versions"].items())} on
{facts["machine"]}. {_again(facts)}

![Loss and accuracy over the epochs](training-curves.png)

## Mistakes

The commonest: {confused or "none"}.

![Confusion matrix](confusion-matrix.png)

{_confidence(facts)}## Weaknesses

{_weaknesses(facts)}
"""
    return "\n\n".join(_wrapped(block) for block in text.split("\n\n"))


def _validation_row(facts: dict[str, Any]) -> str:
    share = _percent(facts["runs"][0]["validation_accuracy"])
    if "lessons" not in facts["data"] and "own" in facts["data"]:
        of = whose_pictures(facts).replace("that", "the")
        what = f"share of the validation pictures, {of} and your own, answered rightly in the kept epoch"
        return f"{what} | {share} | `{facts['command']}`"
    if "lessons" in facts["data"]:
        what = "share of the validation pictures, digits and junk, answered rightly in the kept epoch"
        return f"{what} | {share} | `{facts['command']}`"
    return f"its accuracy on the validation pictures | {share} | `{facts['check']}`"


def _course(facts: dict[str, Any]) -> str:
    recipe = facts["recipe"]
    schedule = recipe.get("schedule")
    if schedule is None:
        return f"{recipe['optimizer']}, {recipe['loss'].replace('_', ' ')}"
    optimizer = "AdamW"
    if schedule.get("muon"):
        optimizer = "Muon for the kernels of convolutions and AdamW for all else (`train.muon`), both"
    return (
        f"{optimizer} with weight decay {schedule['weight_decay']:g}, the learning rate climbing to "
        f"{schedule['peak']:g} over the first {100 * schedule['warm_up']:g} % of steps and falling to 0 "
        f"along a cosine, cross-entropy with {_targets(recipe)}{_emphasis(recipe)}" + _calibration(facts)
    )


def _targets(recipe: dict[str, Any]) -> str:
    """Say what the network is to answer to each crop."""
    if not recipe.get("teachers"):
        return f"label smoothing {recipe['schedule']['smoothing']:g}"
    return (
        f"targets of which {100 * TRUST:g} % are the opinion of {recipe['teachers']} larger networks about "
        f"that very crop before it was spoilt (`train.teach`; {recipe['teacher_epochs']} epochs, twice the "
        "width, the same lessons; of what they are in doubt they see four more slants; that a digit is one "
        f"they may not doubt; their logits are divided by {recipe.get('softness', 2):g}{_elsewhere(recipe)}) "
        "and the rest its label"
    )


def _emphasis(recipe: dict[str, Any]) -> str:
    emphasis = recipe.get("emphasis", 1)
    return "" if emphasis == 1 else f"; MNIST's pictures count {emphasis:g} times as much as all others"


def _elsewhere(recipe: dict[str, Any]) -> str:
    """Own up to it where the teachers were not trained by the command."""
    return "; they are those in `models/teachers`" if recipe.get("teachers_ready") else ""


def _why_first(facts: dict[str, Any]) -> str:
    """Own up to it where the seeds were put in another order after all had been trained."""
    reason = facts.get("first_for")
    return f", put first for {reason}" if reason else ""


def _calibration(facts: dict[str, Any]) -> str:
    if not is_calibrated(facts):
        return ""
    share = 100 * facts["recipe"]["turned_away"]
    return (
        f". Two numbers, chosen on {whose_pictures(facts)} validation pictures, are folded into the last "
        f'layer afterwards: a temperature and an offset of "none" that lets at most {share:g} % of those '
        "digits be turned away (0.2 % at first for all networks; raised when what networks so made took for "
        "digits was seen on the test junk)"
    )


def _again(facts: dict[str, Any]) -> str:
    """Say how far the command leads to the same weights."""
    if "jax" in facts["versions"]:
        return """All networks learnt as one, with JAX: the order of its sums is the graphics card's or
processor's, so the command gives weights that end a few pictures apart."""
    data = facts["data"]
    if facts["recipe"].get("teachers") and data["name"] == "MNIST" and "stretched" not in data:
        return """The recipe has changed since: the lessons now hold squeezed and widened digits
(`train.stretch`), and the larger networks are those in `models/teachers`. So the command gives another
network."""
    return """There, with the same pages and one processor thread for each network (`--jobs` or
`--threads 1`), the command gives the same weights again; other versions or processors, or a runtime that cuts
pages up otherwise, end a few pictures apart."""


def _headline_rows(facts: dict[str, Any]) -> str:
    """Return the rows by which models are compared."""
    check = f"`{facts['check']}`"
    rows = headline(facts["test"]).items()
    return "".join(
        f"| {what} | {_percent(share)} | {check} |\n" for what, share in rows if what != "test accuracy"
    )


def _spread(facts: dict[str, Any]) -> str:
    """Return the table that more than one seed adds."""
    runs = facts["runs"]
    if len(runs) < 2:
        return ""
    seeds = [str(run["seed"]) for run in runs]
    known = [run.get("figures", {"test accuracy": run["test_accuracy"]}) for run in runs]
    rows = []
    for what in known[0]:
        shares = [100 * figures[what] for figures in known if what in figures]
        if len(shares) == len(runs):
            mean, spread = statistics.mean(shares), statistics.stdev(shares)
            cells = [f"{share:.2f} %" for share in shares] + [f"**{mean:.2f} %**", f"{spread:.2f}"]
            rows.append(f"| {what} | {' | '.join(cells)} |")
    return f"""### Over seeds {", ".join(seeds)}

Printed by `{facts["command"]}`. The seed named first is the one shipped.

| | {" | ".join(f"seed {seed}" for seed in seeds)} | mean | standard deviation, points |
|---|{"---:|" * (len(seeds) + 2)}
{chr(10).join(rows)}

"""


def _files(facts: dict[str, Any]) -> str:
    """Return the table of converted files, once there are some."""
    if not facts.get("files"):
        return ""
    rows = [
        f"| {each['file']} | {each['bytes'] / 1000:.1f} kB | {_percent(each['test_accuracy'])} |"
        for each in facts["files"]
    ]
    return f"""### Converted files

Made and measured by `python -m convert {facts["model"]}`; printed by `{facts["check"]}`.

| | size | test accuracy |
|---|---:|---:|
{chr(10).join(rows)}

"""


def _corrupted(facts: dict[str, Any]) -> str:
    """Return the table of corrupted test pictures."""
    if "corrupted" not in facts["test"]:
        return ""
    forced = facts["test"]["corrupted_forced"]
    rows = [
        f"| {name} | {_percent(error)} | {_percent(forced[name])} |"
        for name, error in facts["test"]["corrupted"].items()
    ]
    return f"""### Corrupted test pictures

Fifteen corruptions after Mu and Gilmer, "MNIST-C" (2019), written anew in `train.corruptions`. Each picture
is handled as one of a page would be: its ground is taken away and its ink normalized. Misread, and
misread when the likeliest of the ten digits is taken; printed by `{facts["check"]}`. Two of their settings
were chosen while looking at test errors of earlier networks, none by this one's.{_kindred(facts["recipe"])}

| | misread | forced to name a digit |
|---|---:|---:|
{chr(10).join(rows)}

"""


def _kindred(recipe: dict[str, Any]) -> str:
    if not recipe.get("teachers"):
        return ""
    return """ Kindred
spoils, of other shapes and strengths, are among what it was taught (see "Data"): these figures do not say how
it bears what nobody thought of."""


def _confidence(facts: dict[str, Any]) -> str:
    test = facts["test"]
    if "reliability" not in test:
        return ""
    return f"""## Confidence

Where the squares lie on the dashed line, of digits read with 80 % confidence 80 % are right.
Weighed by the number of pictures they are {_percent(test["calibration_error"])} away from it (expected
calibration error, {BINS} intervals; printed by `{facts["check"]}`).

![How often it is right when it is so sure](reliability.png)

"""


def _weaknesses(facts: dict[str, Any]) -> str:
    test, check = facts["test"], f"`{facts['check']}`"
    moved = _percent(test["shifted_accuracy"])
    if "turned_away" in test:
        seeds = len(facts["runs"])
        spread = "" if seeds > 1 else " One seed was trained, so the spread between seeds is not known."
        return f"""What looks like a digit is read as one: a bare upright bar is a 1, a ring a 0, and so are
letters that share their shape. Letters, doodles and textures that resemble nothing it was taught
can pass for digits.
The pages, letters and doodles it learnt from come from the same renderer that the benchmarks draw on, so
figures on such pages are kinder than photographs will be.{spread}

Moved by {SHIFT} pixels, the test pictures are read with an accuracy of {moved} (printed by {check}). What
reaches it should be prepared by the runtime's `normalize`."""
    centred = "It has seen only digits that are well centred and of one size: moved"
    began = "Moved" if is_varied(facts) else centred
    return f"""It has {len(facts["labels"])} answers and must give one. A blank picture is
"{test["blank_answer"]}" to it, with a probability of {test["blank_probability"]:.2f}. Of test pictures with
their quarters swapped crosswise, strokes that are no digit, it reads
{_percent(test["scrambled_confident"])} as some digit with a probability of {CONFIDENT} or more. So its
confidence alone cannot tell a digit from something else.

{began} by {SHIFT} pixels, the test pictures are read with an accuracy of {moved}. What
reaches it has to be prepared the way MNIST was.

The three figures of this section are printed by {check}."""


def _wrapped(block: str) -> str:
    """Break a paragraph's lines anew, now that its figures are in it; leave all else as it is."""
    if block.startswith(("#", "|", "!", "    ")):
        return block
    return textwrap.fill(block, 110, break_on_hyphens=False, break_long_words=False) + "\n" * block.endswith(
        "\n"
    )


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.2f} %"
