"""What finished runs leave on disk: shards of Parquet files, and a ledger that is only an index of them."""
