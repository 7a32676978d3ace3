"""Passages found for a question, and customers' questions answered in the words of one passage or declined."""
