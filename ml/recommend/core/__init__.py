"""What every recommender rests on: the protocol, ids as arrays, exact top-k lists, parameters, serialization."""
