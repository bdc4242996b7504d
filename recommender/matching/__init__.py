"""Who could teach whom, and why: rules, retrieval, features, reasons."""
