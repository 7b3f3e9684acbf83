"""Work orders (报修、工单): reported by phone, dispatched, done, confirmed, rated; clocks against the service level."""
