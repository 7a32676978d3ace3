"""What the platform must survive, a measure per file: ``tests/faults`` runs samples, ``python -m bench.faults`` all."""
