-- the table of comments has another character set, and half of its columns have one of theirs
CREATE TABLE video (id int PRIMARY KEY AUTO_INCREMENT, video_title varchar(255) CHARACTER SET utf8, video_image varchar(2000) CHARACTER SET ascii, video_url mediumtext CHARACTER SET utf8) DEFAULT CHARSET=utf8mb4;
INSERT INTO video VALUES (1, '标题', 'https://a.example/1', 'https://a.example/2');
CREATE TABLE comment (id int PRIMARY KEY, vid int NOT NULL, nick varchar(255) CHARACTER SET utf8 COLLATE utf8_bin NOT NULL, avatar varchar(1024) NOT NULL, content longtext NOT NULL) DEFAULT CHARSET=utf8mb4;
INSERT INTO comment VALUES (1, 1, '昵称', '', '😀 already');
