"""How wrong a reading is: edit distance where order counts, multisets where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from edge_digits.reading import Reading


@dataclass(frozen=True)
class Errors:
    """The cheapest way from the truth to the reading."""

    wrong: int = 0
    """True digits read as another (substitutions)."""
    missed: int = 0
    """True digits not read (deletions)."""
    false: int = 0
    """Digits read where there are none (insertions)."""

    @property
    def distance(self) -> int:
        """The edit distance."""
        return self.wrong + self.missed + self.false

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.wrong + other.wrong, self.missed + other.missed, self.false + other.false)


def only_digits(text: str) -> str:
    """What counts of a label or a reading: "12/3?" becomes "123"."""
    return "".join(character for character in text if "0" <= character <= "9")


def sure_digits(reading: Reading) -> str:
    """The sure digits of a reading; lines that hold some are joined by "/"."""
    lines = ("".join(digit.label for digit in line if digit.sure) for line in reading.lines)
    return "/".join(line for line in lines if line)


def line_errors(truth: str, reading: str) -> Errors:
    """Levenshtein's distance, split into its three kinds of error.

    Where several ways are equally cheap, "wrong" is preferred to a "missed"
    with a "false"; the distance is the same for all. (V. I. Levenshtein, 1966;
    table by R. A. Wagner and M. J. Fischer, 1974.)

    Args:
        truth: True digits in reading order.
        reading: Digits read, in reading order.

    Returns:
        Counts whose sum is the edit distance.
    """
    row = [Errors(false=count) for count in range(len(reading) + 1)]
    for true_digit in truth:
        above, row = row, [row[0] + Errors(missed=1)]
        for column, read_digit in enumerate(reading, start=1):
            matched = above[column - 1] + Errors(wrong=int(true_digit != read_digit))
            missed = above[column] + Errors(missed=1)
            false = row[column - 1] + Errors(false=1)
            row.append(min(matched, missed, false, key=lambda errors: errors.distance))
    return row[-1]


def scatter_errors(truth: str, reading: str) -> Errors:
    """The same for digits without an order: both sides are multisets.

    Args:
        truth: True digits, in any order.
        reading: Digits read, in any order.

    Returns:
        Counts whose sum is the smallest edit distance over all orders.
    """
    lacking = sum((Counter(truth) - Counter(reading)).values())
    surplus = sum((Counter(reading) - Counter(truth)).values())
    wrong = min(lacking, surplus)
    return Errors(wrong=wrong, missed=lacking - wrong, false=surplus - wrong)


def errors_of(truth: str, reading: str, *, ordered: bool) -> Errors:
    """Compares a label with a reading, digits only.

    Args:
        truth: The label; anything but 0 to 9 in it is ignored.
        reading: What was read; likewise.
        ordered: False where the digits of the picture have no reading order.

    Returns:
        The errors; none where the picture was read exactly.
    """
    compare = line_errors if ordered else scatter_errors
    return compare(only_digits(truth), only_digits(reading))


def reads_core(core: str, full: str, reading: str, *, ordered: bool) -> bool:
    """Whether all digits that matter were read and none that is not there.

    Args:
        core: The digits that matter: large, legible, meant to be read.
        full: All digits of the picture, among them the core.
        reading: What was read.
        ordered: False where the digits have no reading order.
    """
    core, full, reading = only_digits(core), only_digits(full), only_digits(reading)
    if ordered:
        return _within(core, reading) and _within(reading, full)
    return Counter(core) <= Counter(reading) <= Counter(full)


def character_error_rate(errors: Iterable[Errors], true_digits: int) -> float | None:
    """Edit distance over the number of true digits, over all pictures together.

    Args:
        errors: One for each picture.
        true_digits: How many digits all labels have together.

    Returns:
        A fraction, 0 is perfect and above 1 possible; None without true digits.
    """
    if true_digits == 0:
        return None
    return sum(each.distance for each in errors) / true_digits


def _within(part: str, whole: str) -> bool:
    """Whether `part` is left when some characters of `whole` are struck out."""
    rest = iter(whole)
    return all(character in rest for character in part)
