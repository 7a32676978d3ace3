"""What a person reads of a candidate of ``shelf``: its quality beside the champion's, and what shoppers would see."""
