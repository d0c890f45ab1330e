-- The years of the calendar that come with the program, as the newest program that worked on this database has them. One that has more, or a newer
-- version that has others, counts again the due dates which rest on them.
CREATE TABLE shipped_calendar_years (
    year BIGINT NOT NULL PRIMARY KEY,
    -- JSON, as in calendar_years.
    data TEXT NOT NULL,
    -- The version of the program that brought it.
    program TEXT NOT NULL
);

-- What the versions before this table had.
INSERT INTO shipped_calendar_years (year, data, program) VALUES
    (2025, '{"year":2025,"rest":[{"name":"元旦","from":"2025-01-01","to":"2025-01-01","make_up":[]},{"name":"春节","from":"2025-01-28","to":"2025-02-04","make_up":["2025-01-26","2025-02-08"]},{"name":"清明节","from":"2025-04-04","to":"2025-04-06","make_up":[]},{"name":"劳动节","from":"2025-05-01","to":"2025-05-05","make_up":["2025-04-27"]},{"name":"端午节","from":"2025-05-31","to":"2025-06-02","make_up":[]},{"name":"国庆节、中秋节","from":"2025-10-01","to":"2025-10-08","make_up":["2025-09-28","2025-10-11"]}]}', '0.1.0'),
    (2026, '{"year":2026,"rest":[{"name":"元旦","from":"2026-01-01","to":"2026-01-03","make_up":["2026-01-04"]},{"name":"春节","from":"2026-02-15","to":"2026-02-23","make_up":["2026-02-14","2026-02-28"]},{"name":"清明节","from":"2026-04-04","to":"2026-04-06","make_up":[]},{"name":"劳动节","from":"2026-05-01","to":"2026-05-05","make_up":["2026-05-09"]},{"name":"端午节","from":"2026-06-19","to":"2026-06-21","make_up":[]},{"name":"中秋节","from":"2026-09-25","to":"2026-09-27","make_up":[]},{"name":"国庆节","from":"2026-10-01","to":"2026-10-07","make_up":["2026-09-20","2026-10-10"]}]}', '0.1.0');
