"""The catalogue of models and the verified store on disk."""
