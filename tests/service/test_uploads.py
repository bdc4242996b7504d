"""The folder of uploaded files: what a killed process left is removed, what another uses is not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from recommender.files.people import FORMS
from service.uploads import Upload, UploadFolder


class Breaking(io.BytesIO):
    def read(self, _size: int | None = -1, /) -> bytes:
        raise OSError("The connection broke")


def test_leftovers_are_removed_at_the_start(tmp_path: Path) -> None:
    first = UploadFolder(tmp_path)
    first.open()
    folder, paths = first.save([Upload("people.csv", io.BytesIO(b"secret"))], FORMS)
    assert paths[0].read_bytes() == b"secret"
    first.close()  # as the system does for a killed process
    second = UploadFolder(tmp_path)
    second.open()
    assert not folder.exists()
    second.close()


def test_the_files_of_another_process_stay(tmp_path: Path) -> None:
    first, second = UploadFolder(tmp_path), UploadFolder(tmp_path)
    first.open()
    folder, _ = first.save([Upload("people.csv", io.BytesIO(b"secret"))], FORMS)
    second.open()
    assert folder.exists()
    first.close()
    second.close()
    second.close()


def test_a_file_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    uploads = UploadFolder(tmp_path)
    uploads.open()
    with pytest.raises(OSError, match="broke"):
        uploads.save([Upload("a.csv", io.BytesIO(b"1")), Upload("b.csv", Breaking())], FORMS)
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [".lock"]
    uploads.close()
