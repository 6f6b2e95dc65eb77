CREATE TABLE video (id int PRIMARY KEY AUTO_INCREMENT, video_title varchar(255), video_image varchar(255), video_url varchar(255)) DEFAULT CHARSET=latin1;
INSERT INTO video VALUES (1, 'Größe', 'ä', 'ö');
CREATE TABLE comment (id bigint unsigned PRIMARY KEY AUTO_INCREMENT, vid int, nick varchar(255), avatar varchar(255), content text) DEFAULT CHARSET=latin1;
INSERT INTO comment VALUES (1, 1, 'Ñ', 'á', 'ÿ');
