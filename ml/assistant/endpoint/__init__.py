"""The assistant over HTTP, beside the model server."""
