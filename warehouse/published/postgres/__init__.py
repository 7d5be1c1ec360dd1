"""Loads a publication into PostgreSQL for BI tools: tables, roles, row-level security and the city's totals."""
