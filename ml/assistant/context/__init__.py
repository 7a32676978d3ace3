"""What a chatbot may know of a customer or a product: short statements from published tables, each with its source."""
