"""What the warehouse holds and where: contracts, reference tables, vocabulary, the store, what is published."""
