"""Catalogue (服务目录): classes, items with five elements, service levels, who may ask, which process."""
