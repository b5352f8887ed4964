"""Activities: appointments, tasks, transactions and care records, about any kind of record that joins in."""
