"""The passport of one prediction: what predicted it, from what, how far such predictions held, and where it is from."""
