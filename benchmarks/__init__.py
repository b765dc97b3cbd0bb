"""Measures what the artifacts and the reader do on this machine.

`python -m benchmarks` times every artifact on every backend; `python -m
benchmarks read LABELS.csv` scores the reader on labelled pictures; `python -m
benchmarks compare A.json B.json` tells what changed.
"""
