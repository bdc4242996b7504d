"""The notebooks run from start to end, leave nothing behind and are committed without output."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@pytest.mark.encoder
@pytest.mark.journey
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(
    path: Path, tmp_path: Path, sample_vectors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, temporary = tmp_path / "notebooks", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    copy = Path(shutil.copy(path, folder))
    notebook = nbformat.read(copy, as_version=4)
    look_up = f"__import__('tests.sample').sample.look_up({str(sample_vectors)!r})"
    NotebookClient(
        notebook,
        timeout=600,
        resources={"metadata": {"path": folder}},
        extra_arguments=[f"--IPKernelApp.exec_lines={look_up}"],
    ).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [output for output in outputs if "ename" in output] == []
    assert any("image/png" in output.get("data", ()) for output in outputs)
    assert list(folder.iterdir()) == [copy]
    assert list(temporary.rglob("tandem.db")) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_committed_without_output(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert [c.outputs for c in notebook.cells if c.cell_type == "code" and c.outputs] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_uses_public_names_and_defines_nothing(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    nodes = list(ast.walk(ast.parse(code)))
    used = [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            used += [*(node.module or "").split("."), *(alias.name for alias in node.names)]
    assert [name for name in used if name.startswith("_")] == []
    assert [node.name for node in nodes if isinstance(node, DEFINITIONS)] == []


def test_there_is_a_notebook() -> None:
    assert NOTEBOOKS
