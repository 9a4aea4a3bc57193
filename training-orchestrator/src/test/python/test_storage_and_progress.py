"""Files by address, and the progress of a job."""

import json
from pathlib import Path

import numpy as np
import pytest

from matih_training.failure import FailureCode, JobFailure
from matih_training.progress import Phase, Progress
from matih_training.shards import Part, read_share, read_whole, write_part
from matih_training.storage import Folder, read_bytes


def test_a_folder_keeps_what_is_written(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "out"))
    folder.write("deep/file.bin", b"one")
    folder.write("deep/file.bin", b"two")

    assert folder.read("deep/file.bin") == b"two"
    assert folder.read("deep/other.bin") is None
    assert folder.folders() == ["deep"]
    assert not list(tmp_path.rglob("*.part"))
    folder.child("deep").remove()
    folder.child("deep").remove()
    assert folder.folders() == []


def test_an_absent_folder_has_no_folders(tmp_path: Path) -> None:
    assert Folder(str(tmp_path / "nothing")).folders() == []


@pytest.mark.parametrize("name", ["nothing.parquet", "."])
def test_an_unreadable_input_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(JobFailure) as caught:
        read_bytes(str(tmp_path / name))

    assert caught.value.code == FailureCode.UNREADABLE_DATA
    assert str(tmp_path) in caught.value.message


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(JobFailure) as caught:
        read_bytes("ftp://host/file")

    assert caught.value.code == FailureCode.INVALID_SPECIFICATION


def test_progress_writes_phases_at_once_and_iterations_now_and_then(tmp_path: Path) -> None:
    times = iter([0.0, 0.1, 0.2, 1.3, 1.4, 1.5])
    progress = Progress(Folder(str(tmp_path)), lambda: next(times))

    def written() -> tuple[str, int, int]:
        document = json.loads((tmp_path / "progress.json").read_text())
        return document["phase"], document["iteration"], document["total"]

    progress.report(Phase.READING)
    assert written() == ("reading", 0, 0)
    progress.report(Phase.TRAINING, 1, 9, {"auc": 0.5})
    assert written() == ("training", 1, 9)
    progress.report(Phase.TRAINING, 2, 9)
    assert written() == ("training", 1, 9)
    progress.report(Phase.TRAINING, 5, 9)
    assert written() == ("training", 5, 9)
    progress.report(Phase.TRAINING, 9, 9)
    assert written() == ("training", 9, 9)
    progress.report(Phase.DONE)
    assert written() == ("done", 0, 0)


def test_progress_that_cannot_be_written_does_not_stop_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")

    Progress(Folder(str(tmp_path / "file"))).report(Phase.READING)

    assert "progress not written" in capsys.readouterr().out


@pytest.mark.parametrize(("rows", "workers"), [(10, 3), (2, 4), (1000, 2)])
def test_each_row_goes_to_one_worker(tmp_path: Path, rows: int, workers: int) -> None:
    folder = Folder(str(tmp_path))
    matrix = np.random.default_rng(1).normal(size=(rows, 3)).astype(np.float32)
    matrix[0, 1] = np.nan
    write_part(folder, "train", Part(matrix, np.arange(rows, dtype=np.float32)), workers)

    shares = [read_share(folder, "train", rank, workers) for rank in range(workers)]
    whole = read_whole(folder, "train")

    assert sorted(value for part in shares for value in part.target) == list(range(rows))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    assert np.array_equal(whole.matrix, matrix, equal_nan=True)
    assert all(part.matrix.shape[1] == 3 for part in shares)
