/*
 Navicat Premium Data Transfer
 Source Server Type : MySQL
*/
SET NAMES utf8mb4;
SET FOREIGN_KEY_CHECKS = 0;
DROP TABLE IF EXISTS `video`;
CREATE TABLE `video`  (
  `video_url` varchar(255) CHARACTER SET utf8 COLLATE utf8_general_ci NOT NULL,
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `video_image` varchar(255) NOT NULL,
  `video_title` varchar(255) NOT NULL DEFAULT '',
  `created` timestamp(0) NOT NULL DEFAULT CURRENT_TIMESTAMP(0) ON UPDATE CURRENT_TIMESTAMP(0),
  PRIMARY KEY (`id`) USING BTREE,
  UNIQUE INDEX `u`(`video_url`) USING BTREE,
  CONSTRAINT `c` CHECK (`id` > 0)
) ENGINE = InnoDB CHARACTER SET = utf8;
INSERT INTO `video` VALUES ('https://a.example/a.mp4', 1, 'https://a.example/a.jpg', 'a', '2018-01-01 00:00:00');
INSERT INTO `video` VALUES ('https://a.example/片.mp4', 7, 'https://a.example/片.jpg', '片', '2018-01-01 00:00:00');
INSERT INTO `comment`(`content`, `likes`, `nick`, `avatar`, `id`, `vid`) VALUES ('It\'s "good"; -- really \\ 
次行 😀', -1.5e3, '小明', 'https://a.example/me.png', 3, 7);
INSERT INTO `comment`(`content`, `likes`, `nick`, `avatar`, `id`, `vid`) VALUES ('ok', NULL, 'b', '', 4, 1);
SET FOREIGN_KEY_CHECKS = 1;
