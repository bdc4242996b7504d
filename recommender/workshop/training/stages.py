"""The way from the teacher to a released encoder; every stage leaves a folder to go on from."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from recommender.domain.progress import Progress, silent
from recommender.skills import Concept, Need
from recommender.workshop.training.contrast import (
    catalogue_loss,
    esco_loss,
    far_from_development,
    nearest_skills,
    need_loss,
)
from recommender.workshop.training.distillation import distillation_loss, student
from recommender.workshop.training.material import Material
from recommender.workshop.training.model import load_for_training, set_dropout
from recommender.workshop.training.optimisation import Schedule, optimise
from recommender.workshop.training.teacher import teacher_folder, teacher_vectors
from recommender.workshop.training.vocabulary import bilingual_tokenizer

TeacherVectors = Mapping[str, NDArray[np.float16]]


@dataclass(frozen=True, slots=True)
class ContrastRun:
    """One run of contrast, from the distilled model.

    Args:
        seed: For its draws.
        schedule: How far and how fast.
        dropout: Probability.
        shares: Which share of its batches comes from which source.
    """

    seed: int
    schedule: Schedule
    dropout: float
    shares: Mapping[str, float]


def _shares(catalogue: float, needs: float) -> Mapping[str, float]:
    rest = {"glossary": 0.1, "esco": 0.12, "distillation": 0.08}
    return {"catalogue": catalogue, "needs": needs, **rest}


@dataclass(frozen=True, slots=True)
class ContrastMaterial:
    """What contrast learns from.

    Attributes:
        distillation: For ESCO's names, and some distillation so that nothing is forgotten.
        teacher: The teacher's vectors.
        catalogue: The whole catalogue.
        needs: Needs with their answers by source, such as the glossary; those nearest to a
            development concept are left out.
    """

    distillation: Material
    teacher: TeacherVectors
    catalogue: Sequence[Concept]
    needs: Mapping[str, Sequence[Need]]


DISTILLATION = Schedule(steps=3_800, embeddings=1e-3, layers=1e-4)
CONTRAST = (
    ContrastRun(2, Schedule(1_000, embeddings=5e-4, layers=1e-4), 0.0, _shares(0.55, 0.15)),
    ContrastRun(5, Schedule(640, embeddings=5e-4, layers=1.5e-4), 0.1, _shares(0.5, 0.2)),
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what comes out, besides the data.

    Args:
        seed: For the draws of distillation.
        distillation: How far and fast it goes.
        contrast: The runs whose weights are averaged.
    """

    seed: int = 1
    distillation: Schedule = DISTILLATION
    contrast: tuple[ContrastRun, ...] = CONTRAST


def distil(
    material: Material, recipe: Recipe, work: Path, progress: Progress = silent
) -> tuple[SentenceTransformer, TeacherVectors]:
    """Return the student after distillation, and the teacher's vectors.

    Goes on from ``work/distillation_*`` if an earlier run was interrupted.
    """
    examples = material.examples()
    teacher = teacher_vectors([example.target for example in examples], work, progress)
    stage = _Stage(work, "distillation")
    first, model = stage.latest()
    if model is None:
        tokenizer = bilingual_tokenizer(teacher_folder() / "tokenizer.json", material.german())
        unique = list(dict.fromkeys(examples))
        targets = np.stack([teacher[example.target] for example in unique])
        model = student(tokenizer, unique, targets, recipe.seed)
    if first < recipe.distillation.steps:
        rng = np.random.default_rng((recipe.seed, first))
        draw = distillation_loss(model, examples, teacher, rng)
        stage.run(model, lambda _: draw(), recipe.distillation, first, progress)
    return model, teacher


def contrast(
    distilled: SentenceTransformer,
    material: ContrastMaterial,
    recipe: Recipe,
    work: Path,
    progress: Progress = silent,
) -> SentenceTransformer:
    """Return the average of some runs of contrast that start from the distilled model.

    A run learns the catalogue nearly by heart; the average of several does better on what none has
    seen. Source: Wortsman et al., "Model soups" (ICML 2022), the uniform variant.

    Args:
        distilled: Where every run starts; not changed.
        material: What is learned from.
        recipe: How far, how fast, how mixed.
        work: Goes on from ``work/contrast_*`` if an earlier run was interrupted.
        progress: Told after every step.
    """
    teacher, catalogue = material.teacher, material.catalogue
    kept = {
        source: far_from_development(needs, catalogue, partial(_vectors_of, distilled))
        for source, needs in material.needs.items()
    }
    skills = [skill for skill in material.distillation.skills if skill.label_en in teacher]
    near = nearest_skills(np.stack([teacher[skill.label_en] for skill in skills]).astype("f4"))
    runs = []
    for run in recipe.contrast:
        stage = _Stage(work, f"contrast{run.seed}")
        first, latest = stage.latest()
        model = set_dropout(latest or deepcopy(distilled), run.dropout)
        rng = np.random.default_rng((run.seed, first))
        examples = material.distillation.examples()
        draws = {
            "catalogue": catalogue_loss(model, catalogue, rng),
            "esco": esco_loss(model, skills, near, rng),
            "distillation": distillation_loss(model, examples, teacher, rng),
            **{source: need_loss(model, needs, rng) for source, needs in kept.items()},
        }
        if first < run.schedule.steps:
            stage.run(model, _mixed(draws, run.shares, rng), run.schedule, first, progress)
        runs.append(model)
    return averaged(runs)


def averaged(runs: Sequence[SentenceTransformer]) -> SentenceTransformer:
    """Return a model whose every weight is the mean of the runs'."""
    parts = [run.state_dict() for run in runs]
    mean = deepcopy(runs[0])
    mean.load_state_dict(
        {
            name: torch.stack([part[name] for part in parts]).mean(dim=0)
            if first.is_floating_point()
            else first
            for name, first in parts[0].items()
        }
    )
    return mean


def _mixed(
    draws: Mapping[str, Callable[[], torch.Tensor]],
    shares: Mapping[str, float],
    rng: np.random.Generator,
) -> Callable[[int], torch.Tensor]:
    sources = list(shares)
    weights = np.array([shares[source] for source in sources])
    return lambda _: draws[sources[rng.choice(len(sources), p=weights / weights.sum())]]()


@dataclass(frozen=True, slots=True)
class _Stage:
    """A part of the training, with a folder per checkpoint."""

    work: Path
    name: str

    def latest(self) -> tuple[int, SentenceTransformer | None]:
        """Return how many steps the newest checkpoint has behind it, and its model."""
        checkpoints = sorted(self.work.glob(f"{self.name}_*"))
        if not checkpoints:
            return 0, None
        model = set_dropout(load_for_training(str(checkpoints[-1])), 0.0)
        return int(checkpoints[-1].name.rpartition("_")[2]), model

    def run(
        self,
        model: SentenceTransformer,
        draw: Callable[[int], torch.Tensor],
        schedule: Schedule,
        first: int,
        progress: Progress,
    ) -> None:
        """Train the model from the step ``first`` on, keeping checkpoints."""

        def keep(step: int) -> None:
            draft = self.work / f".{self.name}.new"
            shutil.rmtree(draft, ignore_errors=True)
            model.save_pretrained(str(draft))
            draft.rename(self._checkpoint(step))

        torch.manual_seed(first)
        optimise(model, draw, schedule, progress, first, keep)
        if not self._checkpoint(schedule.steps).exists():
            keep(schedule.steps)

    def _checkpoint(self, step: int) -> Path:
        return self.work / f"{self.name}_{step:06d}"


def _vectors_of(model: SentenceTransformer, texts: Sequence[str]) -> NDArray[np.float32]:
    with torch.autocast("cpu", torch.bfloat16):
        vectors = model.encode(list(texts), batch_size=128, normalize_embeddings=True)
    return np.asarray(vectors, dtype=np.float32)
