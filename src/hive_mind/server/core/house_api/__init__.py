"""`/api/...`: what the page needs to show the house and to set it; one file a noun."""
