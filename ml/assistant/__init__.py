"""Questions answered from published tables and the shop's documents, and what a chatbot may know of a customer."""
