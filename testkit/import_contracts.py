"""Contract types of import-linter for rules that hold for whatever capabilities are installed."""

from __future__ import annotations

from typing import Any, Final

from importlinter.contracts.layers import LayersContract

from ml.capabilities import names

_PLACEHOLDER: Final = "<capabilities>"


class CapabilityLayers(LayersContract):
    """Layers in which ``<capabilities>`` stands for the packages of all capabilities, independent of each other."""

    def __init__(self, name: str, session_options: dict[str, Any], contract_options: dict[str, Any]) -> None:
        layers = [layer.replace(_PLACEHOLDER, " | ".join(names())) for layer in contract_options["layers"]]
        super().__init__(name, session_options, {**contract_options, "layers": layers})
