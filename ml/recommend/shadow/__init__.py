"""What a policy other than the one that decided would have shown, and what shoppers then did."""
