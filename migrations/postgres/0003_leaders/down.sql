DROP TABLE endorsements;
DROP TABLE recipients;
DROP TABLE bulletin_recipients;
DROP TABLE bulletin_items;
DROP TABLE bulletins;
