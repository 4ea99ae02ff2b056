"""How much of an outcome's variance rests on assumptions, on calibrated numbers, on chance."""
