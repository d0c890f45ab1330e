DROP TABLE shipped_calendar_years;
