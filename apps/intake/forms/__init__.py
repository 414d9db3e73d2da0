"""What people type about requests: the office, the technician, and customers on the public form."""
