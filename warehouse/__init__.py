"""What the warehouse holds and where: contracts, reference tables, periods, privacy, the data root."""
