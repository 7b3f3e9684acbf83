"""Suppliers and contracts (购买服务): scope, price, period, acceptance, scores, payment suggestions."""
