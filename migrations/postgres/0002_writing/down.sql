DROP TABLE attachments;
DROP TABLE decisions;
DROP TABLE change_requests;
DROP TABLE authors;
DROP TABLE texts;
DROP TABLE manuscripts;
