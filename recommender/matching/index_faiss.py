"""The statement index: exact cosine search by FAISS under a mask of eligible people.

The vectors lie in one preallocated matrix that FAISS scans. A row is written, changed and freed in
place, so a person who withdraws is out of the next answer and nothing is ever rebuilt for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from recommender.domain.errors import ArtefactRefused
from recommender.store.artefacts import Write, read_artefact, write_artefact
from recommender.store.vectors import StatementRows

KIND = "statement-index"
SCHEMA = 1
START_ROWS = 1024
NOBODY = 0
GATHERED_ROWS = 256
COLUMNS = ("statement", "person", "rating", "vector")


class StatementIndex:
    """Statements of one kind, searchable by meaning.

    Args:
        dimension: Length of a vector.
        n_rows: Rows to allocate at first; the index doubles when they are full.

    Attributes:
        person: Number of the person who states row i, 0 where the row is free, (rows,) int32.
        statement: Statement id of row i, (rows,) int64.
        rating: Level of a skill or priority of a goal, (rows,) int8.
        vector: Unit rows, (rows, dimension) float32; this is FAISS's own memory.
    """

    def __init__(self, dimension: int, n_rows: int = START_ROWS) -> None:
        self.dimension = dimension
        self._faiss = faiss.IndexFlatIP(dimension)
        self._free: list[int] = []
        self._n_statements: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self.person: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self.statement: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self.rating: NDArray[np.int8] = np.zeros(0, dtype=np.int8)
        self.vector: NDArray[np.float32] = np.zeros((0, dimension), dtype=np.float32)
        self._grow(n_rows)

    def __len__(self) -> int:
        """Return the number of statements."""
        return len(self.person) - len(self._free)

    def add(self, rows: StatementRows) -> None:
        """Add statements; remove a changed person's old ones first.

        Raises:
            ValueError: if the vectors have another dimension.
        """
        n = len(rows.statement)
        if n == 0:
            return
        if rows.vector.shape != (n, self.dimension):
            raise ValueError(
                f"vectors of shape {rows.vector.shape} where ({n}, {self.dimension}) is expected"
            )
        if n > len(self._free):
            self._grow(max(2 * len(self.person), len(self) + n))
        places = np.array(self._free[-n:])
        del self._free[-n:]
        self._count(rows.person, +1)
        self.person[places] = rows.person
        self.statement[places] = rows.statement
        self.rating[places] = rows.rating
        self.vector[places] = rows.vector

    def remove(self, people: NDArray[np.int64]) -> None:
        """Remove every statement of these people and overwrite its vector."""
        places = np.flatnonzero(np.isin(self.person, people) & (self.person != NOBODY))
        self._count(self.person[places], -1)
        self.person[places] = NOBODY
        self.statement[places] = 0
        self.vector[places] = 0.0
        self._free.extend(places[::-1].tolist())

    def search(
        self, queries: NDArray[np.float32], depth: int, eligible: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the statements of eligible people that are closest to each query.

        Args:
            queries: Unit rows, (n_queries, dimension) float32.
            depth: How many statements per query, at least 1; may exceed their number.
            eligible: Whether a person may be found, by number, (n_people_rows,) bool.

        Returns:
            Rows of this index, (n_queries, depth) int64, best first, and their cosines, float32.
            Where fewer exist the row is −1 and the cosine −inf.
        """
        mask = self._mask(eligible)
        n_found = self.count(eligible)
        rows = np.full((len(queries), depth), -1, dtype=np.int64)
        similarity = np.full((len(queries), depth), -np.inf, dtype=np.float32)
        width = min(depth, n_found)
        if width and len(queries):
            bitmap = np.packbits(mask, bitorder="little")
            # More threads gain little on a handful of queries, and under load they wait for each
            # other: the slowest answers took ten times longer with two.
            faiss.omp_set_num_threads(1)
            selected = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))
            cosines, places = self._faiss.search(queries, width, params=selected)
            rows[:, :width], similarity[:, :width] = places, cosines
        return rows, similarity

    def rows_of(self, eligible: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return all rows of these people, ascending; ``eligible`` as for :meth:`search`."""
        return np.flatnonzero(self._mask(eligible))

    def similarities(
        self,
        queries: NDArray[np.float32],
        rows: NDArray[np.int64],
        precision: type[np.float32] | type[np.float64],
    ) -> NDArray[np.floating[Any]]:
        """Return the cosines of queries and some rows, (n_queries, n_rows).

        In double precision a sentence has the same cosine, to well over six decimals, at every
        place of the product; single precision is twice as fast. The rows are gathered in pieces
        that stay in the processor's cache: one large copy costs several times as much, most of it
        in fresh memory pages.
        """
        asked: NDArray[Any] = queries.astype(precision)
        result = np.empty((len(queries), len(rows)), dtype=precision)
        for start in range(0, len(rows), GATHERED_ROWS):
            piece = rows[start : start + GATHERED_ROWS]
            gathered: NDArray[Any] = self.vector[piece].astype(precision, copy=False)
            result[:, start : start + len(piece)] = asked @ gathered.T
        return result

    def count(self, eligible: NDArray[np.bool_]) -> int:
        """Return how many statements these people have; ``eligible`` as for :meth:`search`."""
        counted = self._n_statements[: len(eligible)]
        return int(counted[eligible[: len(counted)]].sum())

    def who_states(self, n_people_rows: int) -> NDArray[np.bool_]:
        """Return, by number, who has a statement here, (n_people_rows,) bool."""
        states = np.zeros(n_people_rows, dtype=np.bool_)
        counted = self._n_statements[:n_people_rows]
        states[: len(counted)] = counted > 0
        return states

    def save(self, folder: Path, encoder: str, store_id: str, revision: int) -> None:
        """Write the index to a folder, whole or not at all.

        Args:
            folder: Replaced if it exists.
            encoder: Digest of the encoder that made the vectors.
            store_id: The store whose people these are.
            revision: The store's revision that the rows show.
        """
        taken = np.flatnonzero(self.person != NOBODY)
        taken = taken[np.argsort(self.statement[taken], kind="stable")]
        columns = {name: getattr(self, name)[taken] for name in COLUMNS}
        facts = {
            "encoder": encoder,
            "store_id": store_id,
            "revision": revision,
            "dimension": self.dimension,
            "n_statements": len(taken),
            "faiss": faiss.__version__,
        }
        files = {f"{name}.npy": _array_writer(column) for name, column in columns.items()}
        write_artefact(folder, KIND, SCHEMA, facts, files)

    @classmethod
    def load(cls, folder: Path, encoder: str, store_id: str) -> tuple[StatementIndex, int]:
        """Read an index and the revision that it shows.

        Raises:
            ArtefactRefused: if it is missing, damaged, or of another encoder or store.
        """
        facts = read_artefact(folder, KIND, SCHEMA)
        for fact, expected in (("encoder", encoder), ("store_id", store_id)):
            if facts.get(fact) != expected:
                raise ArtefactRefused(
                    f"{folder} has the {fact} {facts.get(fact)!r} where {expected!r} is expected: "
                    "it belongs to something else. Rebuild it."
                )
        try:
            columns = {
                name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in COLUMNS
            }
            rows = StatementRows(**columns)
            index = cls(int(facts["dimension"]), max(START_ROWS, len(rows.statement)))
            index.add(rows)
            return index, int(facts["revision"])
        except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
            raise ArtefactRefused(f"{folder} cannot be read ({error}). Rebuild it.") from error

    def _count(self, people: NDArray[np.integer[Any]], by: int) -> None:
        """Keep the number of statements per person, which is asked for with every query."""
        more = np.bincount(people, minlength=len(self._n_statements)).astype(np.int32)
        more *= by
        more[: len(self._n_statements)] += self._n_statements
        self._n_statements = more

    def _mask(self, people: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the mask of rows whose person is in the mask ``people``; free rows are not."""
        mask = people.copy()
        mask[NOBODY] = False
        return mask[self.person]

    def _grow(self, n_rows: int) -> None:
        old = len(self.person)
        if n_rows <= old:
            return
        more = n_rows - old
        self._faiss.add(np.zeros((more, self.dimension), dtype=np.float32))
        memory = faiss.rev_swig_ptr(self._faiss.get_xb(), n_rows * self.dimension)
        self.vector = memory.reshape(n_rows, self.dimension)
        self.person = np.concatenate([self.person, np.zeros(more, dtype=np.int32)])
        self.statement = np.concatenate([self.statement, np.zeros(more, dtype=np.int64)])
        self.rating = np.concatenate([self.rating, np.zeros(more, dtype=np.int8)])
        self._free.extend(range(n_rows - 1, old - 1, -1))


def _array_writer(array: NDArray[np.generic]) -> Write:
    def write(path: Path) -> None:
        np.save(path, array, allow_pickle=False)

    return write
