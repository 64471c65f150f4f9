"""Hearing and speaking for clients without engines of their own: their voice comes in, ours goes back."""
