-- with columns of its own, which stay
CREATE TABLE video (id int PRIMARY KEY AUTO_INCREMENT, created timestamp DEFAULT CURRENT_TIMESTAMP, video_title varchar(100) NOT NULL, video_image varchar(100) NOT NULL, video_url varchar(100) NOT NULL, note varchar(20) DEFAULT 'x') DEFAULT CHARSET=gbk;
INSERT INTO video (id, video_title, video_image, video_url, note) VALUES (1, '中文标题', '图', '片', '注');
CREATE TABLE comment (id int PRIMARY KEY AUTO_INCREMENT, vid int NOT NULL, nick varchar(20) NOT NULL, avatar varchar(200) NOT NULL, content varchar(200) NOT NULL, likes int NOT NULL DEFAULT 0, KEY of_video (vid)) DEFAULT CHARSET=gbk;
INSERT INTO comment (id, vid, nick, avatar, content) VALUES (1, 1, '张三', '', '你好'), (2, 1, '李四', '', '世界');
