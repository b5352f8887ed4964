"""Tiers (Phân cấp khách hàng): who reaches which, how customers are put there, and the catalogue with its discounts."""
