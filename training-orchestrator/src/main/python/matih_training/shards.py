"""The prepared rows on their way from the driver to the workers: two Parquet files with a row group per worker."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from matih_training.native_model import Matrix
from matih_training.storage import Folder, read_bytes

_TARGET, _WEIGHT = "target", "weight"


@dataclass(frozen=True)
class Part:
    """Encoded features and target of some rows, and how much each of them counts if they do not count alike."""

    matrix: Matrix
    target: npt.NDArray[np.float32]
    weight: npt.NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.target)

    def rows(self, first: int, end: int) -> "Part":
        """The rows from the first up to the end."""
        return Part(self.matrix[first:end], self.target[first:end], None if self.weight is None else self.weight[first:end])


def write_part(folder: Folder, name: str, part: Part, workers: int) -> None:
    """Stores a part so that each of the workers finds an equal share of it."""
    columns = {f"f{index}": part.matrix[:, index] for index in range(part.matrix.shape[1])}
    weight = {} if part.weight is None else {_WEIGHT: part.weight}
    table = pa.table({**columns, _TARGET: part.target, **weight})
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, compression="zstd", use_dictionary=False) as writer:
        for rows in np.array_split(np.arange(len(part)), workers):
            if len(rows):
                writer.write_table(table.slice(rows[0], len(rows)), row_group_size=len(rows))
    folder.write(f"{name}.parquet", sink.getvalue())


def read_share(folder: Folder, name: str, rank: int, workers: int) -> Part:
    """The rows of one worker; empty when there are fewer rows than workers."""
    file = pq.ParquetFile(pa.BufferReader(read_bytes(f"{folder.uri}/{name}.parquet")))
    groups = [number for number in range(file.num_row_groups) if number % workers == rank]
    return _part(file.read_row_groups(groups))


def read_whole(folder: Folder, name: str) -> Part:
    """All rows of a part."""
    return _part(pq.ParquetFile(pa.BufferReader(read_bytes(f"{folder.uri}/{name}.parquet"))).read())


def _part(table: pa.Table) -> Part:
    features = [name for name in table.column_names if name not in (_TARGET, _WEIGHT)]
    matrix = np.empty((table.num_rows, len(features)), dtype=np.float32)
    for index, name in enumerate(features):
        matrix[:, index] = table.column(name).to_numpy()
    weight = table.column(_WEIGHT).to_numpy() if _WEIGHT in table.column_names else None
    return Part(matrix, table.column(_TARGET).to_numpy(), weight)
