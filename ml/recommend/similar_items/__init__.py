"""Items beside an item: similar, bought together, substitutes, complements."""
