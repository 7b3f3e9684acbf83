"""地图: live cars, a car's day, geofences. WGS-84 in the tables; the datum of the base only where it is drawn."""
