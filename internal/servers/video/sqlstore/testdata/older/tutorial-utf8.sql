-- as a program of 2017 made them, by way of phpMyAdmin
CREATE TABLE `video` (
  `id` int(11) NOT NULL,
  `video_title` varchar(255) NOT NULL,
  `video_image` varchar(255) NOT NULL,
  `video_url` varchar(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
INSERT INTO `video` VALUES (1, '小程序入门', 'https://a.example/1.jpg', 'https://a.example/1.mp4'), (2, 'café', '', '');
CREATE TABLE `comment` (
  `id` int(11) NOT NULL,
  `vid` int(11) NOT NULL,
  `nick` varchar(255) NOT NULL,
  `avatar` varchar(255) NOT NULL,
  `content` varchar(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
INSERT INTO `comment` VALUES (3, 1, '小明', 'https://a.example/a.png', '很好'), (5, 1, 'é', '', 'ñandú');
ALTER TABLE `video` ADD PRIMARY KEY (`id`);
ALTER TABLE `comment` ADD PRIMARY KEY (`id`);
ALTER TABLE `video` MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=3;
ALTER TABLE `comment` MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=6;
