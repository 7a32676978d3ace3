"""Which source files decide what a capability publishes, and a hash of them; read as text, nothing is imported."""
