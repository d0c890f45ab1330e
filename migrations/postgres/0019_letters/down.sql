-- What the states before can't say goes back to what was said before; the wider CHECK stays.
DROP TABLE mail_servers;
DROP INDEX letters_in_order;
DROP INDEX letters_filed;
UPDATE letters SET state = 'sent' WHERE state = 'filed';
UPDATE letters SET state = 'none', reason = NULL WHERE state = 'withheld';
