"""What a user writes: the models of a scenario, and how files become them."""
