"""What a person decides on marketing texts: the evidence that they read, their decision, the rows that are landed."""
