"""Readings from meters that report by themselves over MQTT."""
