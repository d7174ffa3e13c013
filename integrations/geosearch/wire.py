"""GeoSearch's GeoJSON on the wire (contract civic 2.5; example geosearch.json)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from integrations.features import Feature, read_features
from integrations.kit.calls import Answer


@dataclass(frozen=True, slots=True)
class FeatureAnswer:
    """The features of one answer; `count` and `labels` for people and tests."""

    features: tuple[Feature, ...]

    @property
    def count(self) -> int:
        """Return how many features could be read."""
        return len(self.features)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the features' labels."""
        return tuple(feature.text("label") for feature in self.features)


def parse_search(answer: Answer) -> FeatureAnswer:
    """Return the features of an answer; ValueError when it is none."""
    return FeatureAnswer(tuple(read_features(answer.json())))


PARSERS: Mapping[str, Callable[[Answer], FeatureAnswer]] = {"search": parse_search}
