"""What every capability does with text: sentence vectors, languages, personal data masked. Knows no table."""
