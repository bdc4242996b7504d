"""The sentence encoder: whose files it is made of, and what it makes of texts."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import huggingface_hub
import numpy as np
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError
from numpy.typing import NDArray

from recommender.domain.errors import EncoderUnavailable
from recommender.encoding import encoder as module
from recommender.encoding import models
from recommender.encoding.encoder import COVERAGE_OF_OTHERS, Encoder, open_encoder
from recommender.encoding.models import (
    DEFAULT_MODEL,
    ENCODER_KIND,
    ENCODER_SCHEMA,
    folder_digest,
)
from recommender.store.artefacts import MANIFEST, write_artefact
from recommender.store.shipped import shipped

TEXTS = (
    "Automate weekly reports",
    "Wöchentliche Berichte automatisieren",
    "knit",
    "Bake sourdough bread in a wood-fired oven that was built by hand many years ago",
    "Baking bread",
    "数据 📊",
    "x" * 1000,
)


@pytest.fixture(scope="session")
def bundled() -> Encoder:
    encoder = open_encoder(threads=1)
    encoder.load()
    return encoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of a few files that stand for a model."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "1_Pooling/config.json"):
        (folder / name).write_text(f"content of {name}")
    return folder


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test reach for the network."""

    def refuse(*_: object, **__: object) -> str:
        raise AssertionError("asked the hub")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)


class Model:
    """Stands for a loaded model: the first number of a row is the length of its text."""

    def __init__(self, dimension: int | None = 2, second: float = 0.0) -> None:
        self.batches: list[list[str]] = []
        self.get_embedding_dimension = lambda: dimension
        self._second = second

    def encode(self, texts: Sequence[str], **_: object) -> NDArray[np.float32]:
        self.batches.append(list(texts))
        return np.array([[len(text), self._second] for text in texts], dtype=np.float32)


def loaded(folder: Path, model: Model) -> Encoder:
    encoder = Encoder(folder, "toy")
    encoder._model = model  # type: ignore[assignment]
    return encoder


# Which files


def test_the_shipped_model_is_the_published_one() -> None:
    """Its manifest names every file, and opening it compares them all."""
    manifest = json.loads((shipped(DEFAULT_MODEL) / MANIFEST).read_text(encoding="utf-8"))
    files = {
        path.relative_to(shipped(DEFAULT_MODEL)).as_posix()
        for path in shipped(DEFAULT_MODEL).rglob("*")
        if path.is_file()
    }
    assert set(manifest["files"]) == files - {MANIFEST, "README.md"}
    encoder = open_encoder()
    assert (encoder.name, encoder.languages) == ("tandem-de-en", ("de", "en"))
    assert encoder.digest == folder_digest(shipped(DEFAULT_MODEL))


def test_the_shipped_model_is_small_enough_for_git() -> None:
    assert open_encoder().n_bytes < 80e6


def test_a_missing_model_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "DEFAULT_MODEL", "models/nowhere")
    with pytest.raises(EncoderUnavailable, match="Install Tandem again"):
        open_encoder()


def test_a_folder_of_our_own_must_keep_its_manifest(folder: Path) -> None:
    facts = {"name": "ours", "dimension": 3, "languages": ["de"], "coverage": 0.3}
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    writers = {name: partial(Path.write_bytes, data=content) for name, content in files.items()}
    write_artefact(folder, ENCODER_KIND, ENCODER_SCHEMA, facts, writers)  # type: ignore[arg-type]
    encoder = open_encoder(str(folder))
    assert (encoder.name, encoder.languages, encoder.coverage) == ("ours", ("de",), 0.3)
    assert encoder.dimension == 3
    (folder / "model.safetensors").write_text("altered")
    with pytest.raises(EncoderUnavailable, match=r"not the one that was published.*SHA-256"):
        open_encoder(str(folder))


@pytest.mark.parametrize("manifest", ["{", "{}", '{"kind": "index", "schema": 1}'])
def test_a_strange_manifest_is_refused(folder: Path, manifest: str) -> None:
    (folder / MANIFEST).write_text(manifest)
    with pytest.raises(EncoderUnavailable, match="not the one that was published"):
        open_encoder(str(folder))


def test_a_folder_without_a_manifest_is_somebody_elses_model(folder: Path) -> None:
    encoder = open_encoder(str(folder))
    assert (encoder.languages, encoder.coverage) == (None, COVERAGE_OF_OTHERS)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "1_Pooling/config.json"])
def test_the_digest_changes_with_any_file(folder: Path, name: str) -> None:
    before = folder_digest(folder)
    content = (folder / name).read_text()
    (folder / name).write_text("other")
    assert folder_digest(folder) != before
    (folder / name).write_text(content)
    assert folder_digest(folder) == before
    (folder / name).rename(folder / "renamed.json")
    assert folder_digest(folder) != before


def test_the_digest_changes_with_a_new_file(folder: Path) -> None:
    before = folder_digest(folder)
    (folder / "vocab.txt").touch()
    assert folder_digest(folder) != before


@pytest.mark.parametrize(
    "name", ["README.md", "manifest.json", ".gitattributes", "onnx/model.onnx", ".cache/x"]
)
def test_the_digest_does_not_care_for_what_is_no_part_of_the_model(folder: Path, name: str) -> None:
    before = folder_digest(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("whatever")
    assert folder_digest(folder) == before


def test_the_digest_is_that_of_the_files_wherever_they_lie(folder: Path, tmp_path: Path) -> None:
    before = folder_digest(folder)
    assert Encoder(folder.rename(tmp_path / "moved"), "toy").digest == before
    assert len(before) == 64


# Which model


@pytest.mark.usefixtures("no_hub")
def test_a_folder_is_named_after_itself(folder: Path) -> None:
    encoder = open_encoder(str(folder / "1_Pooling" / ".."))
    assert (encoder.name, encoder.digest) == ("model", folder_digest(folder))


@pytest.mark.usefixtures("no_hub")
@pytest.mark.parametrize("name", ["nowhere", "./no/where", "/no/where", "~/nowhere", "a/b/c"])
def test_what_is_neither_a_folder_nor_a_hub_id_is_refused(name: str) -> None:
    with pytest.raises(EncoderUnavailable, match="nothing for the bundled model"):
        open_encoder(name)


@pytest.mark.usefixtures("no_hub")
def test_an_empty_name_is_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty environment variable or option means nothing, not the working directory."""
    monkeypatch.chdir(tmp_path)
    assert open_encoder("").digest == open_encoder().digest


def test_a_hub_id_of_impossible_letters_is_refused() -> None:
    with pytest.raises(EncoderUnavailable, match="give its path"):
        open_encoder("an owner/a model")


def test_a_model_in_the_local_cache_is_used_without_the_network(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def answer(name: str, **options: object) -> str:
        asked.append({"name": name, **options})
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", answer)
    encoder = open_encoder("owner/model")
    assert (encoder.name, encoder.digest) == ("owner/model", folder_digest(folder))
    assert [(call["name"], call["local_files_only"]) for call in asked] == [("owner/model", True)]
    assert {"*.bin", "*.pt"} <= set(asked[0]["ignore_patterns"])


def test_a_model_that_cannot_be_fetched_tells_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    only_local: list[bool] = []

    def refuse(_: str, local_files_only: bool = False, **__: object) -> str:
        only_local.append(local_files_only)
        raise LocalEntryNotFoundError("no connection")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    with pytest.raises(EncoderUnavailable, match=r"no connection.*copy the folder here"):
        open_encoder("owner/model")
    assert only_local == [True, False]


def test_nothing_heavy_is_imported_before_a_text_must_be_encoded() -> None:
    code = (
        "import sys, recommender.app as p\n"
        "from recommender.encoding.encoder import open_encoder\n"
        "open_encoder()\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'alembic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


# What it makes of texts


def test_texts_are_encoded_in_chunks_the_longest_first_and_come_back_in_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    model = Model()
    steps: list[tuple[str, int, int]] = []
    rows = loaded(folder, model).encode(["bb", "a", "dddd", "ccc", ""], lambda *t: steps.append(t))
    assert rows[:, 0].tolist() == [2, 1, 4, 3, 0]
    assert model.batches == [["dddd", "ccc"], ["bb", "a"], [""]]
    assert steps == [("encoding", 2, 5), ("encoding", 4, 5), ("encoding", 5, 5)]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_refused(folder: Path, bad: float) -> None:
    with pytest.raises(EncoderUnavailable, match="not finite"):
        loaded(folder, Model(second=bad)).encode(["a"])


def test_a_model_without_a_dimension_is_refused(folder: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="pooling layer"):
        _ = loaded(folder, Model(dimension=None)).dimension


def test_threads_that_come_together_load_the_model_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models: list[Model] = []
    start = threading.Barrier(4)

    def read(_: Encoder) -> Model:
        time.sleep(0.05)
        models.append(Model())
        return models[-1]

    def use(encoder: Encoder) -> object:
        start.wait()
        return encoder.load()

    monkeypatch.setattr(Encoder, "_read", read)
    encoder = Encoder(folder, "toy")
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(use, [encoder] * 4)) == set(models)
    assert len(models) == 1


@pytest.mark.encoder
class TestBundledModel:
    """What must be so with the real weights."""

    def test_vectors_are_unit_rows_of_float32(self, bundled: Encoder) -> None:
        rows = bundled.encode(TEXTS)
        assert rows.shape == (len(TEXTS), bundled.dimension)
        assert bundled.dimension == 384
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)

    def test_the_order_and_the_company_of_texts_never_matter(self, bundled: Encoder) -> None:
        rows = bundled.encode(TEXTS)
        backwards = bundled.encode(TEXTS[::-1])[::-1]
        alone = np.concatenate([bundled.encode([text]) for text in TEXTS])
        assert np.abs(rows - backwards).max() < 1e-5
        assert np.abs(rows - alone).max() < 1e-5

    def test_any_text_has_a_defined_vector(self, bundled: Encoder) -> None:
        """Long, foreign, mixed, of emoji only, or empty: unit rows, and no crash."""
        long = "Berichte zusammenkopieren " * 4_000
        strange = [
            "",
            "🎉",
            "🎉📊🚀",
            "数据",
            "\u0000",
            "Ich build Flows für the Buchhaltung",
            long,
        ]
        rows = bundled.encode(strange)
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
        beginning = bundled.encode([long[:10_000]])
        assert np.abs(rows[-1] - beginning[0]).max() < 1e-5

    def test_german_and_english_meet(self, bundled: Encoder) -> None:
        goal = "Ich will abends nicht mehr stundenlang Berichte zusammenkopieren."
        skills = [
            "I build Power Automate flows that collect reports overnight.",
            "I film and cut short clips for our social media channels.",
            "Password managers and two-factor sign-in for the whole team.",
        ]
        (row,) = bundled.encode([goal])
        assert (bundled.encode(skills) @ row).argmax() == 0

    @pytest.mark.parametrize(
        "typed",
        [
            (
                "rueckmeldungen frueher auswerten",
                "praesentationen fuer kunden schoener gestalten",
                "passwoerter sicher verwalten",
            ),
            (
                "rückmeldungen früher auswertne",
                "präsentatoinen für kunden schöner gestalten",
                "paswörter sicher verwlaten",
            ),
        ],
    )
    def test_slips_are_forgiven(self, bundled: Encoder, typed: tuple[str, ...]) -> None:
        """What was typed with ae for ä, or mistyped, still lies nearest to what was meant."""
        meant = (
            "Rückmeldungen früher auswerten",
            "Präsentationen für Kunden schöner gestalten",
            "Passwörter sicher verwalten",
        )
        similarity = bundled.encode(typed) @ bundled.encode(meant).T
        assert similarity.argmax(axis=1).tolist() == [0, 1, 2]
        assert np.diag(similarity).min() > 0.4

    def test_no_text_makes_no_row(self, bundled: Encoder) -> None:
        assert bundled.encode([]).shape == (0, 384)

    def test_like_meanings_lie_closer_than_unlike_ones(self, bundled: Encoder) -> None:
        rows = bundled.encode(["Baking bread", "How to bake a loaf", "Reading a balance sheet"])
        assert rows[0] @ rows[1] > 0.5 > rows[0] @ rows[2] + 0.2


@pytest.mark.encoder
@pytest.mark.usefixtures("no_hub")
class TestFoldersThatAreNoModel:
    """What must not be loaded, whatever the folder says."""

    @pytest.fixture
    def copied(self, tmp_path: Path) -> Path:
        """Return the bundled model's folder, its large weights linked."""
        source = shipped(DEFAULT_MODEL)
        copied = tmp_path / "copied"
        for path in source.rglob("*"):
            target = copied / path.relative_to(source)
            if path.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                if path.name == "model.safetensors":
                    target.symlink_to(path)
                else:
                    target.write_bytes(path.read_bytes())
        return copied

    def refused(self, folder: Path) -> None:
        with pytest.raises(EncoderUnavailable, match=r"(?s)cannot be loaded.*Give a folder"):
            Encoder(folder, "copied").encode(["knit"])

    def test_an_untouched_copy_is_a_model_with_the_same_digest(
        self, copied: Path, bundled: Encoder
    ) -> None:
        copy = Encoder(copied, "copied")
        assert copy.digest == bundled.digest
        assert np.abs(copy.encode(["knit"]) - bundled.encode(["knit"])).max() < 1e-5

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        self.refused(tmp_path)

    def test_weights_that_are_cut_short(self, copied: Path) -> None:
        weights = copied / "model.safetensors"
        content = weights.read_bytes()[:100_000]
        weights.unlink()
        weights.write_bytes(content)
        self.refused(copied)

    def test_pickled_weights_are_not_run(self, copied: Path, tmp_path: Path) -> None:
        touched = tmp_path / "touched"

        class Evil:
            def __reduce__(self) -> tuple[Any, ...]:
                return Path.touch, (touched,)

        (copied / "model.safetensors").unlink()
        (copied / "pytorch_model.bin").write_bytes(pickle.dumps(Evil()))
        self.refused(copied)
        assert not touched.exists()

    def test_code_in_the_folder_is_not_run(self, copied: Path, tmp_path: Path) -> None:
        touched = tmp_path / "touched"
        (copied / "evil.py").write_text(
            f"from pathlib import Path\nPath({str(touched)!r}).touch()\nclass Evil: pass\n"
        )
        modules = json.loads((copied / "modules.json").read_text())
        modules[-1]["type"] = "evil.Evil"
        (copied / "modules.json").write_text(json.dumps(modules))
        self.refused(copied)
        assert not touched.exists()
