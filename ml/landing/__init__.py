"""From a shop's daily files to the raw layer: contract, reading, quarantine, adapters."""
