"""What tests and benches share: shops that never were, their days, slices and published tables, faults to inject.

It imports the platform, and neither ``tests`` nor ``bench``.
"""
