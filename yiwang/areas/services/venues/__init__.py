"""Bookable places (会议室等): rules, bookings, series, check-in; never two at one time."""
