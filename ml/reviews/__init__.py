"""What shoppers say: the sentiment of reviews, what they are about, and what is thought of each item."""
