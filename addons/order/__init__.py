"""Sales documents: products, quotations, orders, contracts, invoices and payments."""
