CREATE TABLE video (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	video_title TEXT NOT NULL,
	video_image TEXT NOT NULL,
	video_url   TEXT NOT NULL
);
CREATE TABLE comment (
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	vid     INTEGER NOT NULL,
	nick    TEXT NOT NULL,
	avatar  TEXT NOT NULL,
	content TEXT NOT NULL
);
CREATE INDEX comment_of_video ON comment (vid, id);
