"""What a language model writes: asked by facts only, landed as it wrote it, published only where it is validated."""
