"""The database: engine, transactions, base of the tables. The history of the schema is in ``migrations/``."""
