"""一网: the administration of government offices (机关事务) on executable standards."""

__version__ = "0.1.0"
