"""RecTools' own top-k over factors, filtered, on the data of ``bench/recommend.py``.

RecTools needs pandas < 3 and so an environment of its own; it imports nothing of Shelduck:

    python3.11 -m venv /tmp/rectools && /tmp/rectools/bin/pip install rectools
    /tmp/rectools/bin/python bench/rectools_top_k.py [USERS]
"""

import sys
import time

import numpy as np
from rectools.models.rank import Distance, ImplicitRanker
from scipy import sparse

FACTORS, SEEN, ITEMS, K = 64, 160, 20_000, 50


def main() -> None:
    """Print users per second and per CPU second."""
    users = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    draw = np.random.default_rng(20171203)
    left = draw.standard_normal((users, FACTORS), dtype=np.float32)
    right = draw.standard_normal((ITEMS, FACTORS), dtype=np.float32)
    columns = draw.integers(0, ITEMS, users * SEEN, dtype=np.int32)
    cells = (np.ones(users * SEEN, dtype=np.float32), columns, np.arange(users + 1) * SEEN)
    seen = sparse.csr_matrix(cells, shape=(users, ITEMS))
    seen.sum_duplicates()
    started, worked = time.perf_counter(), time.process_time()
    ImplicitRanker(Distance.DOT, left, right, num_threads=2).rank(np.arange(users), k=K, filter_pairs_csr=seen)
    wall, cpu = time.perf_counter() - started, time.process_time() - worked
    print(f"RecTools, filtered: {users / wall:,.0f} users per second, {users / cpu:,.0f} per CPU second")


if __name__ == "__main__":
    main()
