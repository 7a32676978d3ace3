"""What shoppers would see change between two published versions, or two policies of one day."""
