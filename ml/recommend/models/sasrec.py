"""Self-attentive sequential recommendation (Kang and McAuley 2018); needs the extra ``deep`` (PyTorch)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ml.errors import ExtraMissing
from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.encoding import Encoded, Floats, Ints, Vocabulary
from ml.recommend.core.factors import ItemFactors, product_scorer, profiles_of
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, eq=False)
class SequenceState:
    """``factors``: item embeddings (items + 1 x factors; the last row pads). ``weights``: all others, flattened."""

    items: Vocabulary
    factors: Floats
    weights: Floats


@dataclass
class SASRec(Base[SequenceState]):
    """Score: dot product of item embeddings with a causal transformer's encoding of the shopper's last purchases.

    Trained on windows of ``length`` purchases (in order of days) by a softmax over the next purchase and ``negatives``
    items drawn uniformly. Runs on one thread, because another order of summation gives another model.
    """

    name: ClassVar[str] = "sasrec"
    state_type: ClassVar[type[Any]] = SequenceState
    space: ClassVar[Space] = {
        "factors": Between(32, 128, log=True),
        "layers": Between(1, 3),
        "epochs": Between(4, 30),
        "learning_rate": Between(0.0003, 0.01, log=True),
        "dropout": Between(0.0, 0.5),
    }
    factors: int = 64
    layers: int = 2
    length: int = 100
    epochs: int = 12
    batch: int = 64
    negatives: int = 256
    learning_rate: float = 0.001
    dropout: float = 0.2
    seed: int = 20171203

    def _learn(self, data: TrainingData) -> SequenceState:
        encoded = data.history.encoded
        with _one_thread(self.seed) as torch:
            network = _network(self, len(encoded.items))
            windows = torch.from_numpy(_windows(encoded, self.length))
            if windows.shape[0]:
                self._train(network, windows)
            weights = torch.nn.utils.parameters_to_vector(network.rest()).detach().numpy()
            return SequenceState(encoded.items, network.items.weight.detach().numpy().copy(), weights.copy())

    def _train(self, network: Any, windows: torch.Tensor) -> None:
        import torch

        optimizer = torch.optim.AdamW(network.parameters(), lr=self.learning_rate)
        network.train()
        for _ in range(self.epochs):
            for rows in torch.randperm(windows.shape[0]).split(self.batch):
                loss = self._loss(network, windows[rows])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    def _loss(self, network: Any, batch: torch.Tensor) -> torch.Tensor:
        import torch

        known, following = batch[:, :-1], batch[:, 1:]
        real = following != network.pad
        hidden = network(known)[real]
        target = network.items(following[real])
        sampled = torch.randint(0, max(network.pad, 1), (self.negatives,))
        against = hidden @ network.items(sampled).T
        against = against.masked_fill(sampled[None, :] == following[real][:, None], float("-inf"))
        logits = torch.cat([(hidden * target).sum(-1, keepdim=True), against], dim=1)
        return torch.nn.functional.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))

    def _scorer(self, state: SequenceState, request: Request) -> Scorer:
        factors = ItemFactors(state.items, state.factors[:-1])
        unknown = profiles_of(request, state.items).getnnz(axis=1) == 0
        return product_scorer(request, factors, self._encoded(state, request), unknown)

    def _encoded(self, state: SequenceState, request: Request) -> Floats:
        """The network's output after each user's last purchase: users x factors, float32."""
        latest = _latest(request, state.items, self.length)
        with _one_thread(self.seed) as torch, torch.no_grad():
            network = _network(self, len(state.items)).eval()
            network.items.weight.copy_(torch.from_numpy(state.factors))
            torch.nn.utils.vector_to_parameters(torch.from_numpy(state.weights), network.rest())
            # one at a time: in a batch, the last bits of a row depend on the batch's size and the row's place in it
            parts = [network(torch.from_numpy(row[None, :]))[:, -1].numpy() for row in latest]
        return np.concatenate(parts) if parts else np.zeros((0, self.factors), dtype=np.float32)


@contextmanager
def _one_thread(seed: int) -> Iterator[Any]:
    """PyTorch, seeded, on one thread; its state is put back after.

    Raises:
        ExtraMissing: it is not installed.
    """
    try:
        import torch
    except ImportError:
        raise ExtraMissing(SASRec.name, expected="PyTorch", found="no such package", remedy="Run: make deep") from None
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield torch
    finally:
        torch.set_num_threads(threads)


def _network(settings: SASRec, items: int) -> Any:
    """The transformer: item and position embeddings, causal attention; the last item row pads."""
    import torch
    from torch import nn

    class Network(nn.Module):  # type: ignore[misc]  # PyTorch is optional, so unknown here
        def __init__(self) -> None:
            super().__init__()
            self.pad = items
            self.items = nn.Embedding(items + 1, settings.factors, padding_idx=items)
            self.places = nn.Embedding(settings.length, settings.factors)
            layer = nn.TransformerEncoderLayer(
                settings.factors, 1, settings.factors, settings.dropout, batch_first=True, norm_first=True
            )
            self.attention = nn.TransformerEncoder(layer, settings.layers, enable_nested_tensor=False)
            self.norm = nn.LayerNorm(settings.factors)
            self.dropout = nn.Dropout(settings.dropout)
            nn.init.normal_(self.items.weight, std=0.02)
            nn.init.normal_(self.places.weight, std=0.02)

        def rest(self) -> list[nn.Parameter]:
            return [weights for name, weights in self.named_parameters() if not name.startswith("items.")]

        def forward(self, known: torch.Tensor) -> torch.Tensor:
            length = known.shape[1]
            # counted from the end, so that a short history meets the same places as the end of a long one
            places = torch.arange(settings.length - length, settings.length)
            embedded = self.dropout(self.items(known) * settings.factors**0.5 + self.places(places))
            causal = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
            return self.norm(self.attention(embedded, mask=causal))

    return Network()


def _windows(encoded: Encoded, length: int) -> Ints:
    """Every shopper's purchases cut into windows of ``length`` + 1, padded in front: windows x (length + 1)."""
    order = np.lexsort((encoded.item, encoded.day, encoded.user))
    user, item = encoded.user[order], encoded.item[order]
    found = [
        _padded(bought[max(0, end - length - 1) : end], length + 1, len(encoded.items))
        for bought in (np.split(item, np.flatnonzero(np.diff(user)) + 1) if len(item) else [])
        for end in range(len(bought), 1, -length)
    ]
    return np.stack(found) if found else np.empty((0, length + 1), dtype=np.int64)


def _latest(request: Request, items: Vocabulary, length: int) -> Ints:
    """The last purchases of each of the request's users that the model knows: users x length."""
    encoded = request.history.encoded
    code = items.codes(encoded.items.ids)[encoded.item] if len(encoded.item) else encoded.item
    row = encoded.users.codes(request.users)
    kept = np.flatnonzero(code >= 0)
    kept = kept[np.lexsort((code[kept], encoded.day[kept], encoded.user[kept]))]
    bounds = np.searchsorted(encoded.user[kept], np.arange(len(encoded.users) + 1))
    empty = np.full(length, len(items), dtype=np.int64)
    lists = [
        _padded(code[kept[max(bounds[at], bounds[at + 1] - length) : bounds[at + 1]]], length, len(items))
        if at >= 0
        else empty
        for at in row
    ]
    return np.stack(lists) if lists else np.empty((0, length), dtype=np.int64)


def _padded(codes: Ints, length: int, pad: int) -> Ints:
    return np.concatenate([np.full(length - len(codes), pad, dtype=np.int64), codes])
