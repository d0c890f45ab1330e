DROP TABLE ratings;
DROP TABLE adoptions;
DROP TABLE urgings;
DROP TABLE implementation_reports;
DROP TABLE reply_items;
DROP TABLE replies;
DROP TABLE assignments;
