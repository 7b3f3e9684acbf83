"""Background jobs (后台任务): progress, retries, and a job that always fails parked."""
