"""The small registers of green work: waste sorting, canteens, data centres, photovoltaics."""
