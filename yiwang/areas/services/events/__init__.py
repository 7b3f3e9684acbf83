"""Meetings and activities (会议、活动保障): place, meals, cars and staff in one plan and one bill."""
