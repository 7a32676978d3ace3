"""Published versions: immutable folders, manifests, and the pointer that readers follow."""
