"""What every capability does with text: vectors, languages, masking, facts and their validation. Knows no table."""
