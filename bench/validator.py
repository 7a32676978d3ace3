"""Measure of the validator of marketing texts: correct ones refused, false ones passed, CPU time per text.

python -m bench.validator --texts 5000
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable

from ml.text.validation.check import Validator
from ml.text.validation.names import Catalogue
from testkit.marketing_texts.correct import Sample, correct_texts
from testkit.marketing_texts.falsehoods import KINDS, false_texts, rules_against
from testkit.marketing_texts.sheets import BRANDS, NAMES, OTHER_BRANDS, OTHERS

_SHOWN = 10


def main() -> int:
    """Print the figures; 1 if a correct text was refused or a false one passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=5000, help="of each kind, correct and false")
    parser.add_argument("--names", type=int, default=92_000, help="in the catalogue")
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    started = time.process_time()
    catalogue = _catalogue(asked.names)
    print(f"catalogue of {len(catalogue):,} names and brands: {time.process_time() - started:.2f} CPU-s")
    refused = _measure("correct", correct_texts(asked.texts, asked.seed), catalogue, expected=True)
    passed = _measure("false", false_texts(asked.texts, asked.seed), catalogue, expected=False)
    return 1 if refused or passed else 0


def _catalogue(size: int) -> Catalogue:
    """The names of the texts' products among invented ones."""
    first = ("Amber", "Brisk", "Cedar", "Delta", "Ember", "Frost", "Grove", "Haven")
    filler = [f"{first[number % 8]} Item {number} {first[number // 8 % 8]}" for number in range(size)]
    return Catalogue([name for pair in (*NAMES, *OTHERS) for name in pair] + filler, [*BRANDS, *OTHER_BRANDS])


def _measure(name: str, samples: Iterable[Sample], catalogue: Catalogue, *, expected: bool) -> int:
    wrong: Counter[str] = Counter()
    other_rule, count, seconds, prepared = 0, 0, 0.0, 0.0
    for sample in samples:
        started = time.process_time()
        validator = Validator(sample.sheet, catalogue)
        ready = time.process_time()
        verdict = validator.validate(sample.text)
        prepared, seconds, count = prepared + ready - started, seconds + time.process_time() - ready, count + 1
        if verdict.passed != expected:
            wrong[sample.kind] += 1
            if wrong.total() <= _SHOWN:
                print(f"  {sample.kind}: {sample.text!r} {verdict.reason}")
        elif not expected:
            other_rule += not {finding.rule for finding in verdict.findings} & rules_against(sample.kind)
    outcome = "refused" if expected else f"passed, {other_rule} found by another rule than meant ({len(KINDS)} kinds)"
    print(
        f"{name}: {wrong.total()} of {count:,} {outcome}; "
        f"{1000 * seconds / count:.2f} CPU-ms a text, {1000 * prepared / count:.2f} a sheet"
    )
    return wrong.total()


if __name__ == "__main__":
    sys.exit(main())
