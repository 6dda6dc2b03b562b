"""Pictures of the steps, rendered from the model."""
