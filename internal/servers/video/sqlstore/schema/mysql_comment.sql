CREATE TABLE comment (
	id      INT NOT NULL AUTO_INCREMENT,
	vid     INT NOT NULL,
	nick    VARCHAR(255) NOT NULL,
	avatar  VARCHAR(1024) NOT NULL,
	content TEXT NOT NULL,
	PRIMARY KEY (id),
	KEY comment_of_video (vid, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci
