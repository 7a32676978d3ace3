"""Who is in each audience: definitions, members with their reasons, consent, minimum size, traits, overlap, change."""
