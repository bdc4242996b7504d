"""Building a linker, and opening the one that fits the encoder and the catalogue in use."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from recommender.domain.errors import ArtefactRefused, TandemError
from recommender.domain.progress import Progress, silent
from recommender.encoding import Encoder
from recommender.skills.catalogue import Concept, read_catalogue
from recommender.skills.linking.learning.fitting import fit_probes
from recommender.skills.linking.learning.material import N_FOLDS, Material, material
from recommender.skills.linking.learning.measuring import STYLES, abstention, linking_measures
from recommender.skills.linking.learning.sources import (
    Statements,
    catalogue_digest,
    read_statements,
)
from recommender.skills.linking.learning.trial import hold_out, off_topic_trial
from recommender.skills.linking.linker import ConceptLinker, Facts, read_linker, write_linker
from recommender.store.shipped import shipped

CATALOGUE = "data/catalogue"
SHIPPED_LINKER = "models/concept-links"
IN_WORKSPACE = "concepts"
THRESHOLD = 0.42
"""The lowest, in hundredths, at which nine in ten off-topic statements get no link."""
CHOICES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Thresholds for which the card tells what they would mean."""


def build_linker(
    encoder: Encoder,
    catalogue: Sequence[Concept],
    statements: Statements,
    progress: Progress = silent,
    facts: Facts | None = None,
) -> ConceptLinker:
    """Fit, calibrate and measure a linker; its facts name the measures.

    Args:
        encoder: Whose vectors it is to link.
        catalogue: The concepts.
        statements: Plain ones about them, and ones that belong to none of them.
        progress: Told how far the work is.
        facts: More facts for its manifest.
    """
    sentences = material(encoder, catalogue, statements, progress)
    return fit_linker(sentences, catalogue, progress, facts)


def fit_linker(
    sentences: Material,
    catalogue: Sequence[Concept],
    progress: Progress = silent,
    facts: Facts | None = None,
) -> ConceptLinker:
    """As :func:`build_linker`, for material that is encoded already."""
    weights = fit_probes(sentences)
    progress("linking", 1, N_FOLDS + 1)
    trial = hold_out(sentences, weights, progress)
    calibration = trial.fit_calibration(trial.for_calibration)
    off = off_topic_trial(sentences, weights)
    judged = off.probabilities(calibration)
    choices = [
        {
            "threshold": threshold,
            "off_topic_abstained": abstention(judged, threshold),
            "measures": [*linking_measures(trial, sentences, catalogue, threshold, STYLES)],
        }
        for threshold in CHOICES
    ]
    ids = tuple(concept.id for concept in catalogue)
    more = {
        "measures": [*linking_measures(trial, sentences, catalogue, THRESHOLD)],
        "n_off_topic": len(judged),
        "off_topic_abstained": abstention(judged, THRESHOLD),
        "choices": choices,
    }
    return ConceptLinker(ids, weights, calibration, THRESHOLD, {**(facts or {}), **more})


def open_linker(
    encoder: Encoder,
    workspace: Path,
    catalogue_folder: Path | None = None,
    progress: Progress = silent,
) -> ConceptLinker:
    """Return the linker for this encoder and catalogue: the bundled one, or one in the workspace.

    Where neither fits, one is built into the workspace, which takes a few minutes.

    Args:
        encoder: In use.
        workspace: The workspace; the linker stands in its folder ``concepts``.
        catalogue_folder: Another catalogue than the bundled one.
        progress: Told how far building is.

    Raises:
        InvalidInput: if the catalogue breaks a rule.
        EncoderUnavailable: if a linker must be built and the encoder cannot be loaded.
    """
    source = catalogue_folder or shipped(CATALOGUE)
    digest = catalogue_digest(source)
    own = workspace / IN_WORKSPACE
    for place in (_bundled(), own):
        with contextlib.suppress(ArtefactRefused):
            if place is not None:
                return read_linker(place, encoder.digest, digest)
    linker = build_linker(
        encoder,
        read_catalogue(source),
        read_statements(source),
        progress,
        {"encoder": encoder.digest, "catalogue": digest},
    )
    write_linker(own, linker)
    return linker


def _bundled() -> Path | None:
    try:
        return shipped(SHIPPED_LINKER)
    except TandemError:
        return None
