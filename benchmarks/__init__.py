"""What README.md claims in numbers: ``make bench`` runs them all, ``python -m benchmarks.serving`` one of them.

Every number is a ratio of two things measured side by side in one run, since machines differ and are shared.
"""
