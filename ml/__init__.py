"""Shelduck's Python package: a folder per capability, each readable alone."""

import os

# Threads that wait sleep instead of spinning: on a busy machine spinning multiplied LightGBM's processor seconds by
# five. OpenMP reads this when its library is loaded, so it is set before anything can load one, in every process.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
