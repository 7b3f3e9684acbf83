"""派车台: a day of cars, drivers and trips on a time line, and the plan of a whole day."""
