"""后台任务: progress bars and parked jobs."""
