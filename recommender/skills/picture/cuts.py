"""The fixed cuts through the organisation: by department and by site, and no other.

A group under five people is never named: it joins "all others". And since whoever knows who works
where could subtract a department from a site, the two cuts are made so that no sum or difference
of their groups leaves one to four people over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from recommender.domain.disclosure import FEWEST


@dataclass(frozen=True, slots=True)
class Cut:
    """Everybody in one group each.

    Attributes:
        names: Of the groups, sorted; None, the last, stands for all others together.
        group: The group of each person, (n_people,) int64.
        people: How many people each group has, (n_groups,) int64; at least 5 unless the whole
            organisation has fewer.
    """

    names: tuple[str | None, ...]
    group: NDArray[np.int64]
    people: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.names)


def fixed_cuts(departments: Sequence[str], sites: Sequence[str]) -> tuple[Cut, Cut]:
    """Return the cuts by department and by site.

    Departments and sites are the two sides of a graph; where at least five people of a department
    work at a site, the two are joined. Whoever takes sums of groups apart takes whole joined parts
    apart, or at least five people. So groups join "all others" until the graph is one.

    Args:
        departments: One per person, in the order of the people.
        sites: One per person, in the same order.
    """
    department_others: set[str | None] = set()
    site_others: set[str | None] = set()
    while True:
        by_department = _cut(departments, department_others)
        by_site = _cut(sites, site_others)
        if min(len(by_department), len(by_site)) <= 1:
            return by_department, by_site
        parts = _parts(by_department, by_site)
        if len(parts) == 1:
            return by_department, by_site
        ends = {_smallest(by_site, sites_of) for _, sites_of in parts if len(sites_of)}
        if len(ends) > 1:
            site_others |= {by_site.names[end] for end in ends}
        else:
            lonely = {d for ds, sites_of in parts if not len(sites_of) for d in ds.tolist()}
            named = [d for d in range(len(by_department)) if d not in lonely]
            lonely.add(_smallest(by_department, np.array(named)))
            department_others |= {by_department.names[d] for d in lonely}


def _cut(labels: Sequence[str], others: set[str | None]) -> Cut:
    """Cut by label; small labels and ``others`` become one group, filled up to five people."""
    names, code, sizes = np.unique(
        np.array(labels, dtype=object), return_inverse=True, return_counts=True
    )
    kept = (sizes >= FEWEST) & np.array([name not in others for name in names], dtype=bool)
    while kept.any() and 0 < sizes[~kept].sum() < FEWEST:
        kept[np.flatnonzero(kept)[sizes[kept].argmin()]] = False
    place = np.where(kept, np.cumsum(kept) - 1, np.count_nonzero(kept))
    group = place[code].astype(np.int64)
    rest = () if kept.all() else (None,)
    shown = (*names[kept].tolist(), *rest)
    return Cut(shown, group, np.bincount(group, minlength=len(shown)))


def _parts(by_department: Cut, by_site: Cut) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the departments and the sites of each joined part."""
    n_departments, n_sites = len(by_department), len(by_site)
    both = by_department.group * n_sites + by_site.group
    shared = np.bincount(both, minlength=n_departments * n_sites)
    department, site = np.divmod(np.flatnonzero(shared >= FEWEST), n_sites)
    n_nodes = n_departments + n_sites
    edges = (np.ones(len(site)), (department, n_departments + site))
    n_parts, part = connected_components(csr_array(edges, shape=(n_nodes, n_nodes)), False)
    first, second = part[:n_departments], part[n_departments:]
    return [(np.flatnonzero(first == i), np.flatnonzero(second == i)) for i in range(n_parts)]


def _smallest(cut: Cut, among: NDArray[np.int64]) -> int:
    return int(among[cut.people[among].argmin()])
