"""Who belongs together: tags, segments and audiences of shoppers, each with its reason."""
