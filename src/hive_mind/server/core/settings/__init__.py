"""What the household sets on the page: kept by the server, versioned, pushed to clients, undone."""
