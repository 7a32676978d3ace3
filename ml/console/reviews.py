"""What ``shelduck review`` prints, and how a decision is made from the command line: as by the DAG's tasks."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.markdown import Markdown

from ml.capabilities import learning
from ml.capability import Capability
from ml.errors import ModelMissing
from ml.registry.candidates import Answer
from ml.registry.decisions import approve, candidate_to_review, reject, settled, waiting
from ml.registry.evidence import keep, kept, review_of
from ml.settings import Settings


def show_waiting(settings: Settings, console: Console, model: str, version: int) -> None:
    """Print the evidence of every candidate that waits, or of the one that is named.

    Raises:
        ModelMissing: there is no such model or version.
    """
    shown = False
    for capability in _chosen(model):
        found = waiting(settings, capability.model)
        number = version or (found.version if found else 0)
        if not number:
            continue
        shown = True
        _show(settings, console, capability, number)
    if not shown:
        console.print("no candidate waits for a decision", highlight=False)


@dataclass(frozen=True)
class Decision:
    """What a person wants of a candidate, who that is, and why."""

    is_approved: bool
    who: str
    why: str


def decide(settings: Settings, console: Console, model: str, version: int, decision: Decision) -> None:
    """Approve or reject the candidate that waits, or the one that is named, and print what came of it.

    Raises:
        ModelMissing: there is no such model or version, or several wait and none is named.
        PromotionRefused: somebody decided otherwise, a newer one is registered, or the settings say never.
    """
    capabilities = _chosen(model)
    if len(capabilities) > 1:
        raise ModelMissing(
            "the model",
            expected="one of " + ", ".join(each.model for each in capabilities),
            found="none",
            remedy="Name it: shelduck review MODEL --approve",
        )
    (capability,) = capabilities
    name = capability.model
    number = version or candidate_to_review(settings, name).version
    folder = kept(settings, name, number) or keep(settings, review_of(settings, capability, number))
    answer = Answer(decision.why, settings.relative(folder))
    if decision.is_approved:
        approve(settings, capability, number, decision.who, answer)
    else:
        reject(settings, name, number, decision.who, answer)
    console.print(settled(settings, name, number), highlight=False, soft_wrap=True)


def _chosen(model: str) -> tuple[Capability, ...]:
    found = tuple(capability for capability in learning() if model in ("", capability.model))
    if not found:
        names = ", ".join(capability.model for capability in learning())
        raise ModelMissing(f"model {model}", expected=f"one of {names}", found=model, remedy="Check the spelling")
    return found


def _show(settings: Settings, console: Console, capability: Capability, version: int) -> None:
    name = capability.model
    folder = kept(settings, name, version) or keep(settings, review_of(settings, capability, version))
    console.print((folder / "subject.txt").read_text(encoding="utf-8"), style="bold", soft_wrap=True, highlight=False)
    console.print(Markdown((folder / "body.md").read_text(encoding="utf-8")))
    console.print(f"\nThe whole comparison: {settings.relative(folder)}/review.md in the data home", highlight=False)
    if why := settled(settings, name, version):
        console.print(why, highlight=False, soft_wrap=True)
    else:
        console.print(f"Decide: shelduck review {name} --approve --why TEXT, or with --reject", style="bold")
