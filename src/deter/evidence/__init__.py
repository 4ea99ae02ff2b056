"""Evidence: the model against published and derived results (formal cases)."""
