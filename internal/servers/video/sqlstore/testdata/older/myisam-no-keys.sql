-- the ALTER TABLE part of a dump was lost, and one row has an id of 0
CREATE TABLE video (id int(11) NOT NULL, video_title varchar(64), video_image varchar(128), video_url text) ENGINE=MyISAM DEFAULT CHARSET=utf8;
INSERT INTO video VALUES (1, '一', 'a', 'b'), (0, '零', 'a', 'b');
CREATE TABLE comment (id int(11) NOT NULL, vid int(11) NOT NULL, nick char(64), avatar varchar(255) DEFAULT '', content tinytext) ENGINE=MyISAM DEFAULT CHARSET=utf8;
INSERT INTO comment VALUES (0, 1, '零', 'a', 'b'), (9, 1, '九', 'a', 'b');
