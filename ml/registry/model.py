"""A registered model as its capability declares it; nothing here imports MLflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Field:
    """A column of a question: MLflow's name of its type, one value or a list of them, and whether it must be there."""

    type: str
    is_list: bool = False
    is_required: bool = True


@dataclass(frozen=True)
class Interface:
    """What a model is asked and what it answers, both as tables.

    Attributes:
        question: the columns of a question.
        answer: the columns of the answer, each with MLflow's name of its type.
        example: a question of one row, with which MLflow tries the model out when it is registered.
        params: parameters of a question with their default values.
    """

    question: Mapping[str, Field]
    answer: Mapping[str, str]
    example: Mapping[str, Sequence[object]]
    params: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class RegisteredModel:
    """A model whose versions are bundles: folders of plain data.

    Attributes:
        name: as MLflow and the promotion ledger know it.
        about: the description on its page in MLflow, Markdown.
        serving: a Python file that ends in ``ml.registry.pyfunc.serve``; it is stored as code beside the data.
        interface: what that code answers.
    """

    name: str
    about: str
    serving: Path
    interface: Interface
