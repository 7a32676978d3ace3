"""The passport of a published row: who proposed the item, what its score adds up from, the evidence, the rules, and the
chain back to the landing files; of an item that is on no shelf, the step at which it fell out."""
