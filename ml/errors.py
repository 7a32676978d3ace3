"""Errors that tell an operator what to do: object, expected, found, next command."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from ml.escape import visible


class ShelduckError(Exception):
    """Base of every error that a user can act on.

    The text is one line: ``Name: subject expected …; found …. Run: …``.

    Attributes:
        is_passing: whether the same call may succeed later, with nobody having done anything; else a task that
            fails with it is not tried again.
    """

    is_passing: ClassVar[bool] = False

    def __init__(self, subject: str, *, expected: str, found: str, remedy: str) -> None:
        self.subject, self.expected, self.found, self.remedy = subject, expected, found, remedy
        super().__init__(subject, expected, found, remedy)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled as it was made: between the processes of a training."""
        made = partial(type(self), self.subject, expected=self.expected, found=self.found, remedy=self.remedy)
        return made, (), self.__dict__

    def __str__(self) -> str:
        told = f"{type(self).__name__}: {self.subject}: expected {self.expected}; found {self.found}. {self.remedy}"
        return visible(told, keep="\n")


class SettingsDiffer(ShelduckError):
    """The environment asks for another value than the data home remembers."""


class SettingsBroken(ShelduckError):
    """A settings file of the data home that cannot be used as it is."""


class HomeRefused(ShelduckError):
    """A data home that this user cannot use, or that cannot be used at all."""


class LandingError(ShelduckError):
    """A landing folder or file that cannot be used as it is."""


class DayNotClosed(ShelduckError):
    """A day whose files may still change."""


class RestrictionRefused(ShelduckError):
    """A day that would be published without a rule or a consent that was refused."""


class WarehouseLocked(ShelduckError):
    """Another task is writing to the warehouse and did not finish in time."""

    is_passing = True


class WarehouseBroken(ShelduckError):
    """The warehouse file cannot be trusted; it can be rebuilt from the landing files."""


class DiskFull(ShelduckError):
    """A write that found no space; what was finished before it is kept."""

    is_passing = True


class BuildFailed(ShelduckError):
    """A dbt build that ended with an error or a failed test."""


class StaleFeatures(ShelduckError):
    """A slice or feature table of another day, or of other inputs, than asked for."""

    is_passing = True


class GateFailed(ShelduckError):
    """A Great Expectations gate that stops the run."""


class NotFitted(ShelduckError):
    """A recommender that was asked before it learned."""


class NothingToLearn(ShelduckError):
    """A training as of a day up to which nobody bought anything."""


class ExtraMissing(ShelduckError):
    """An optional package that a recommender needs and this environment lacks."""


class WrongParameter(ShelduckError):
    """A recommender's parameter that it does not have, or a value that does not fit."""


class TooLarge(ShelduckError):
    """More data than an algorithm can take; others can."""


class InvalidTable(ShelduckError):
    """A frame that breaks the schema of its table."""


class CodeMissing(ShelduckError):
    """Source files that a capability declares and the checkout does not have."""


class CapabilityUnknown(ShelduckError):
    """A name that no installed capability has."""


class ReferenceUnknown(ShelduckError):
    """A name of a table, or of a data contract, that the reference does not have."""


class Undeclared(ShelduckError):
    """A table that a capability asks for and its declaration does not name."""


class ModelMissing(ShelduckError):
    """A model version that the registry does not hold."""

    is_passing = True


class QueryRefused(ShelduckError):
    """SQL over published tables that cannot be answered as it is."""


class ConditionRefused(ShelduckError):
    """A condition that is not one: where, what would be right there, and the nearest name that exists.

    Attributes:
        position: where in its text the fault begins, from 0; the text's length where something is missing at its end.
        pointed: the line of the condition with the fault, and below it a line with a caret at the fault.
    """

    position = 0
    pointed = ""


class NotPublished(ShelduckError):
    """A version or a shopper that readers cannot find."""

    is_passing = True


class ExportRefused(ShelduckError):
    """An audience that is not written for another tool, or not to where it was asked for."""


class ContactsRefused(ShelduckError):
    """A contact file that an export cannot join; its content is never part of the error."""


class SiteRefused(ShelduckError):
    """A folder that a site cannot be written into."""


class InvalidRequest(ShelduckError):
    """A question to the served model that cannot be answered as it is."""


class JournalBroken(ShelduckError):
    """An append-only file with a damaged line before its end."""


class ObjectiveRefused(ShelduckError):
    """An objective that a placement's recommender or the catalogue cannot serve."""


class PromotionRefused(ShelduckError):
    """A promotion that was decided against a champion that is no longer the champion."""


class ShadowRefused(ShelduckError):
    """A day and a policy for which no shadow can be made."""


class InvalidBundle(ShelduckError):
    """A folder of models that cannot be registered as it is."""


class EncoderMissing(ShelduckError):
    """Text is to be encoded and no encoder is installed."""


class InvalidFactSheet(ShelduckError):
    """Facts for a text that contradict each other or lack what makes them facts."""


class DecisionRefused(ShelduckError):
    """A decision on marketing texts that cannot be taken as it is."""


class PlanRefused(ShelduckError):
    """A campaign that cannot be planned within what was asked."""
