#!/usr/bin/env python3
"""The scenario in numba on all processors: one future an iteration of a parallel loop."""
import numba
import numpy as np

import numba_path
from numba_path import MARKETS, PLANS
from peer import main

jit = numba.njit(fastmath=True)


@jit
def normal(random, i):
    return np.float32(np.random.standard_normal())


@jit
def uniform(random, i):
    return np.float32(np.random.random())


simulate_path = numba_path.make(jit, normal, uniform)


@numba.njit(parallel=True, fastmath=True)
def simulate_all(paths, seed):
    costs = np.empty((paths, PLANS), np.float64)
    for i in numba.prange(paths):
        np.random.seed(seed + i)
        simulate_path(0, i, costs[i], np.empty((3, MARKETS), np.float32), np.empty((2, MARKETS), np.int32),
                      np.empty((2, PLANS), np.float32), np.empty(PLANS, np.int32))
    return costs


if __name__ == "__main__":
    main(lambda paths, seed: simulate_all(paths, seed * 1_000_003).T)
